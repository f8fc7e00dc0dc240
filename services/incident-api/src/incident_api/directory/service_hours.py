"""``mon-fri: "08:00-18:00"``: opening hours as people write them, a weekday at a time inside."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, get_args

from tocsin_contracts.model import Weekday

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
_SPAN = re.compile(r"(?P<opens>[0-9]{2}:[0-9]{2})\s*-\s*(?P<closes>[0-9]{2}:[0-9]{2})")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def parse_days(written: Mapping[str, Any]) -> dict[Weekday, tuple[str, str]]:
    """``{"mon-fri": "08:00-18:00"}`` → ("08:00", "18:00") for each of five days.

    Closing at or before the opening means on the next day. Raises ``ValueError`` with a sentence.
    """
    days: dict[Weekday, tuple[str, str]] = {}
    for name, hours in written.items():
        span = _span(hours)
        for day in _days_of(name):
            if day in days:
                raise ValueError(f"'{name}' gives {day} a second time; each day has one span.")
            days[day] = span
    return {day: days[day] for day in WEEKDAYS if day in days}


def _days_of(name: str) -> Iterator[Weekday]:
    first, dash, last = name.partition("-")
    if first not in WEEKDAYS or (dash and last not in WEEKDAYS):
        raise ValueError(f"'{name}' is no weekday or range of weekdays such as mon-fri.")
    begin = WEEKDAYS.index(first)
    end = WEEKDAYS.index(last) if dash else begin
    if end < begin:
        raise ValueError(f"'{name}' runs backwards; a week here begins with mon.")
    yield from WEEKDAYS[begin : end + 1]


def _span(hours: object) -> tuple[str, str]:
    found = _SPAN.fullmatch(hours) if isinstance(hours, str) else None
    if found is None or not _is_span(found["opens"], found["closes"]):
        raise ValueError(f'{hours!r} is no span of hours; write one such as "08:00-18:00".')
    return found["opens"], found["closes"]


def _is_span(opens: str, closes: str) -> bool:
    return bool(_CLOCK.fullmatch(opens)) and bool(_CLOCK.fullmatch(closes) or closes == "24:00")
