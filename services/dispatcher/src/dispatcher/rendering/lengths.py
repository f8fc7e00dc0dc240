"""How long something took, in one language: cut to the minute, never rounded up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from babel.units import format_unit

from dispatcher.rendering.language import Language
from dispatcher.rendering.spoken import with_numbers_in_words


@dataclass(frozen=True)
class Length:
    """``full`` is ``5 hours 42 minutes``, ``short`` is ``5 h 42 min``. Prints in full."""

    full: str
    short: str
    spoken: str

    def __str__(self) -> str:
        return self.full


def length_of(language: Language, length: timedelta) -> Length:
    """Two units at most, truncated to the minute."""
    return _of_minutes(language, max(0, int(length.total_seconds() // 60)))


@lru_cache(maxsize=4_096)
def _of_minutes(language: Language, minutes: int) -> Length:
    """Kept: the messages of one outage name the same few lengths."""
    days, hours = minutes // 1440, minutes % 1440 // 60
    units = [("day", days), ("hour", hours), ("minute", minutes % 60)]
    told = [(unit, count) for unit, count in units if count]
    if not told:
        return Length(*[language.word("durations", "under_a_minute")] * 3)
    first = units.index(told[0])
    return _written(language, [pair for pair in told if units.index(pair) <= first + 1])


def _written(language: Language, told: list[tuple[str, int]]) -> Length:
    full = [
        format_unit(count, f"duration-{unit}", "long", locale=language.locale)
        for unit, count in told
    ]
    short = [f"{count} {language.word('durations', unit)}" for unit, count in told]
    spoken = [with_numbers_in_words(language, part) for part in full]
    return Length(
        full=language.word("durations", "joined").join(full),
        short=" ".join(short),
        spoken=language.word("spoken", "and").join(spoken),
    )
