"""Where things stand on a chart's axis, as shares of its width."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from incident_api.documents.page import Mark, Tick
from incident_api.documents.times import Times

MOST_TICKS = 8
MARK_WIDTH = 0.034
STEPS = tuple(
    timedelta(minutes=minutes)
    for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200)
)


@dataclass(frozen=True)
class Axis:
    """From ``start`` to ``end``, which lies after it."""

    start: datetime
    end: datetime

    def share(self, moment: datetime) -> float:
        return round((moment - self.start) / (self.end - self.start), 5)

    def holds(self, moment: datetime) -> bool:
        return self.start <= moment <= self.end


def ticks(axis: Axis, times: Times) -> tuple[Tick, ...]:
    """At round clock times of the reader; a new day is named by its date."""
    span = axis.end - axis.start
    step = next((step for step in STEPS if span / step <= MOST_TICKS), span / MOST_TICKS)
    found, day = [], times.local(axis.start).date()
    for moment in _round(axis, step, times):
        new_day = times.local(moment).date() != day
        day = times.local(moment).date()
        label = times.short_day(moment) if new_day else times.clock(moment)
        found.append(Tick(axis.share(moment), label))
    return tuple(found)


def _round(axis: Axis, step: timedelta, times: Times) -> Iterator[datetime]:
    """Counted from the local midnight, by the clock that stands at the start."""
    clock = times.local(axis.start).replace(tzinfo=None)
    midnight = axis.start - (clock - clock.replace(hour=0, minute=0, second=0, microsecond=0))
    moment = midnight + step * -(-(axis.start - midnight) // step)
    while moment <= axis.end:
        yield moment
        moment += step


def marks(axis: Axis, numbered: Iterable[tuple[int, datetime]]) -> tuple[Mark, ...]:
    """One for each moment that the axis holds; neighbours stand above one another."""
    ends: list[float] = []
    found = []
    for number, moment in sorted(numbered, key=lambda one: one[1]):
        if not axis.holds(moment):
            continue
        x = axis.share(moment)
        level = next((n for n, end in enumerate(ends) if end <= x), len(ends))
        ends[level : level + 1] = [x + MARK_WIDTH]
        found.append(Mark(x, number, level))
    return tuple(found)
