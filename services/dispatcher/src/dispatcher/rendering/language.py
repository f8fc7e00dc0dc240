"""One language's words and patterns, read from ``texts/<locale>/words.toml``.

Adding a language adds a folder there: its ``words.toml`` and one template a kind. The locale of a
message is the first of this chain that has a folder: the reader's own (``de-CH``), its language
(``de``), the client's, the client's language, English.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from babel import Locale
from babel.units import format_unit

TEXTS = Path(__file__).parent / "texts"
DEFAULT = "en"


@dataclass(frozen=True, eq=False)
class Language:
    """``tag`` names the folder; ``words`` are its tables, by section and key. One object each."""

    tag: str
    locale: Locale
    words: dict[str, dict[str, str]]

    def word(self, section: str, key: str) -> str:
        return self.words[section][key]


def chain(*wishes: str | None) -> Iterator[str]:
    """Every folder that would do, best first; folders are lower case with a hyphen."""
    for wish in wishes:
        if wish:
            tag = wish.replace("_", "-").lower()
            yield tag
            yield tag.partition("-")[0]
    yield DEFAULT


def choose(*wishes: str | None) -> Language:
    return load(next(tag for tag in chain(*wishes) if tag in available()))


@cache
def available() -> frozenset[str]:
    return frozenset(path.parent.name for path in TEXTS.glob("*/words.toml"))


@cache
def load(tag: str) -> Language:
    words = tomllib.loads((TEXTS / tag / "words.toml").read_text(encoding="utf-8"))
    return Language(tag=tag, locale=Locale.parse(tag, sep="-"), words=words)


def load_all() -> None:
    """Read every language's words and patterns now rather than at its first message."""
    for tag in available():
        format_unit(1, "duration-minute", locale=load(tag).locale)


def joined(language: Language, names: Sequence[str], *, most: int = 3) -> str:
    """``A``, ``A and B``, ``A, B and C``, and beyond ``most`` of them ``A, B and 2 more``."""
    words = language.words["lists"]
    if len(names) > most:
        shown = words["comma"].join(names[: most - 1])
        return words["more"].format(shown=shown, count=len(names) - most + 1)
    if len(names) < 2:
        return "".join(names)
    return words["comma"].join(names[:-1]) + words["and"] + names[-1]
