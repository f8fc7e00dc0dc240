"""Times and numbers as an automatic voice says them, from the lists of one language."""

from __future__ import annotations

import re
from datetime import datetime
from functools import cache
from zoneinfo import ZoneInfo

from babel.dates import format_date, get_timezone_location

from dispatcher.rendering.language import Language

_NUMBER = re.compile(r"\b\d{1,2}\b")


def spoken_clock(language: Language, local: datetime) -> str:
    """``nine fifty-two``, ``fourteen hundred``, ``twelve noon``."""
    if local.minute == 0:
        return _listed(language, "whole_hours")[local.hour]
    hour = _listed(language, "hours")[local.hour]
    minute = _listed(language, "minutes")[local.minute]
    return language.word("spoken", "clock").format(hour=hour, minute=minute)


def spoken_day(language: Language, local: datetime) -> str:
    """``Saturday the fifth of December``."""
    return language.word("spoken", "day").format(
        weekday=format_date(local, "EEEE", locale=language.locale),
        day=_listed(language, "days")[local.day - 1],
        month=format_date(local, "MMMM", locale=language.locale),
    )


@cache
def spoken_zone(language: Language, zone: ZoneInfo) -> str:
    """``Berlin time``; a zone that is no place is said by its name."""
    own = language.words.get("spoken_zones", {}).get(zone.key)
    if own is not None or "/" not in zone.key or zone.key.startswith("Etc/"):
        return own or zone.key
    city = get_timezone_location(zone, locale=language.locale, return_city=True)
    return language.word("spoken", "zone").format(city=city)


def in_words(language: Language, number: int) -> str:
    """``three``; beyond the language's list its digits, which a voice reads well enough."""
    numbers = _listed(language, "numbers")
    return numbers[number] if 0 <= number < len(numbers) else str(number)


def with_numbers_in_words(language: Language, text: str) -> str:
    return _NUMBER.sub(lambda found: in_words(language, int(found[0])), text)


@cache
def _listed(language: Language, key: str) -> tuple[str, ...]:
    written = language.words["spoken"].get(key)
    return tuple(written.split("|")) if written else ()
