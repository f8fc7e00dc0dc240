"""One language's words and patterns for documents, read from ``words/<language>.toml``.

Adding a language adds a file there. A locale without one is written in English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale

WORDS = Path(__file__).parent / "words"
DEFAULT = "en"


@dataclass(frozen=True, eq=False)
class Language:
    """``tag`` names the file; ``words`` are its tables, by section and key."""

    tag: str
    locale: Locale
    words: Mapping[str, Mapping[str, str]]

    def word(self, section: str, key: str, **values: object) -> str:
        return self.words[section][key].format(**values)

    def named(self, section: str, key: str) -> str:
        """A word for ``key``, or where there is none the key itself, readable."""
        return self.words[section].get(key) or key.replace("_", " ").capitalize()

    def joined(self, names: Sequence[str], *, most: int = 3) -> str:
        """``A``, ``A and B``, ``A, B and C``, beyond ``most`` ``A, B and 2 more``."""
        words = self.words["lists"]
        if len(names) > most:
            shown = words["comma"].join(names[: most - 1])
            return words["more"].format(shown=shown, count=len(names) - most + 1)
        if len(names) < 2:
            return "".join(names)
        return words["comma"].join(names[:-1]) + words["and"] + names[-1]


def language_of(locale: str | None) -> Language:
    """``de-CH`` → German; what has no file → English."""
    tag = (locale or DEFAULT).replace("_", "-").lower().partition("-")[0]
    return load(tag if tag in available() else DEFAULT)


@cache
def available() -> frozenset[str]:
    return frozenset(path.stem for path in WORDS.glob("*.toml"))


@cache
def load(tag: str) -> Language:
    words = tomllib.loads((WORDS / f"{tag}.toml").read_text(encoding="utf-8"))
    return Language(tag, Locale.parse(tag), words)
