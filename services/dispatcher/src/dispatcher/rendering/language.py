"""One language's words and patterns, read from ``texts/<language>/words.toml`` and ``spoken.toml``.

Adding a language adds a folder there: those two files and one template a kind. A message is in the
first language of this chain whose folder has its kind: the reader's own (``de-CH``), its language
(``de``), the client's, the client's language, English. Patterns and numbers follow the region.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from babel import Locale, UnknownLocaleError
from babel.numbers import format_decimal
from babel.units import format_unit
from tocsin_contracts.words import Kind

TEXTS = Path(__file__).parent / "texts"
DEFAULT = "en"
SWISS_GERMAN = "de-CH"
"""Written as German is, but without ß."""

Words = dict[str, dict[str, str]]


@dataclass(frozen=True, eq=False)
class Language:
    """``tag`` is ``de-CH``, ``folder`` where its texts are; ``words`` are its tables, by section
    and key, in English where the language has none. One object each."""

    tag: str
    folder: str
    locale: Locale
    words: Words

    def word(self, section: str, key: str) -> str:
        return self.words[section][key]

    @property
    def region(self) -> str | None:
        """``CH`` of ``de-CH``."""
        territory: str | None = self.locale.territory
        return territory

    def plural(self, count: float, one: str, other: str, zero: str | None = None) -> str:
        """By this language's rule: in French 0 and 1.5 are singular."""
        if zero is not None and count == 0:
            return zero
        return one if self.locale.plural_form(count) == "one" else other

    def number(self, value: float) -> str:
        """Digits and marks as they are written here: ``1.234,5``, ``1 234,5``, ``1’234.5``."""
        least = int(self.words.get("numbers", {}).get("grouped_from", 0))
        by_comma = self.locale.number_symbols["latn"]["decimal"] == ","
        grouped = not by_comma or abs(value) >= least
        return format_decimal(value, locale=self.locale, group_separator=grouped)


def chain(*wishes: str | None) -> Iterator[str]:
    """Every tag that would do, best first, lower case with a hyphen."""
    for wish in wishes:
        if wish:
            tag = _tag(wish)
            yield tag
            yield tag.partition("-")[0]
    yield DEFAULT


def choose(kind: Kind | None, *wishes: str | None) -> Language:
    """The language of a message of ``kind`` (``None``: of anything)."""
    return _chosen(kind, tuple(filter(None, wishes)))


@lru_cache(maxsize=1_024)
def _chosen(kind: Kind | None, wishes: tuple[str, ...]) -> Language:
    for tag in chain(*wishes):
        if tag.partition("-")[0] in available() and _says(tag.partition("-")[0], kind):
            return load(tag)
    return load(DEFAULT)


def _says(folder: str, kind: Kind | None) -> bool:
    return kind is None or (TEXTS / folder / f"{kind.value}.j2").exists()


@cache
def available() -> frozenset[str]:
    return frozenset(path.parent.name for path in TEXTS.glob("*/words.toml"))


@lru_cache(maxsize=1_024)
def load(tag: str) -> Language:
    """A language that is available, with the region of ``tag`` where there is such a one."""
    folder = _tag(tag).partition("-")[0]
    locale = _locale(_tag(tag), folder)
    return _loaded(folder, locale.territory)


@cache
def _loaded(folder: str, region: str | None) -> Language:
    locale = Locale(folder, territory=region)
    tag = f"{folder}-{region}" if region else folder
    words = _merged(_read(DEFAULT, "words"), _read(folder, "words")) | _read(folder, "spoken")
    if tag == SWISS_GERMAN:
        folder = tag
        words = {name: _without_sharp_s(table) for name, table in words.items()}
    return Language(tag=tag, folder=folder, locale=locale, words=words)


def _locale(tag: str, folder: str) -> Locale:
    try:
        found = Locale.parse(tag, sep="-")
        return Locale(folder, territory=found.territory)
    except (UnknownLocaleError, ValueError, TypeError):
        return Locale(folder)


def _read(folder: str, name: str) -> Words:
    found: Words = tomllib.loads((TEXTS / folder / f"{name}.toml").read_text(encoding="utf-8"))
    return found


def _merged(english: Words, own: Words) -> Words:
    """A word that is not translated yet is better English than missing."""
    return own | {name: table | own.get(name, {}) for name, table in english.items()}


def _without_sharp_s(table: dict[str, str]) -> dict[str, str]:
    return {key: word.replace("ß", "ss") for key, word in table.items()}


def _tag(wish: str) -> str:
    return wish.replace("_", "-").lower()


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
