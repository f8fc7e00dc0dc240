"""Hours of the week on a wall clock, as moments: whether they hold now, and when they next begin.

Where clocks go forward a wall time that does not exist counts as the one later by the gap; where
they go back an opening begins with the first of the two same times and ends with the second.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import get_args
from zoneinfo import ZoneInfo

import structlog
from tocsin_contracts.model import Weekday
from tocsin_contracts.policies import Hours

WEEKDAYS: tuple[Weekday, ...] = get_args(Weekday)
END_OF_DAY = "24:00"
DAY = timedelta(days=1)
Span = tuple[datetime, datetime]

log = structlog.get_logger()


@lru_cache(maxsize=600)
def zone(name: str) -> ZoneInfo:
    """A timezone this machine does not know is UTC: a call at an odd hour is better than none."""
    try:
        return ZoneInfo(name)
    except (LookupError, ValueError, OSError):
        log.error("unknown timezone", timezone=name)
        return ZoneInfo("UTC")


def is_open(hours: Hours, now: datetime) -> bool:
    return any(begins <= now < ends for begins, ends in spans(hours, now, now))


def next_opening(hours: Hours, now: datetime) -> datetime | None:
    """``now`` while it is open; ``None`` where it never is."""
    if is_open(hours, now):
        return now
    ahead = (begins for begins, _ in spans(hours, now, now + 8 * DAY) if begins > now)
    return min(ahead, default=None)


def spans(hours: Hours, since: datetime, until: datetime) -> Iterator[Span]:
    """Every opening that may touch the time from ``since`` to ``until``, in UTC, day by day."""
    clock = zone(hours.timezone)
    day, last = since.astimezone(clock).date() - DAY, until.astimezone(clock).date() + DAY
    while day <= last:
        written = hours.days.get(WEEKDAYS[day.weekday()])
        if written is not None:
            span = _span(day, written, clock)
            if span[0] < span[1]:
                yield span
        day += DAY


def _span(day: date, written: tuple[str, str], clock: ZoneInfo) -> Span:
    opens, closes = written
    over_night = closes == END_OF_DAY or closes <= opens
    last = "00:00" if closes == END_OF_DAY else closes
    begins, _ = _moments(day, opens, clock)
    return begins, max(_moments(day + DAY if over_night else day, last, clock))


def _moments(day: date, clock_time: str, clock: ZoneInfo) -> Span:
    """The moments of a wall time read as the first and as the second of two same ones."""
    wall = datetime.combine(day, time.fromisoformat(clock_time))
    first = wall.replace(tzinfo=clock, fold=0)
    second = wall.replace(tzinfo=clock, fold=1)
    return first.astimezone(UTC), second.astimezone(UTC)
