"""A clock on a wall, read minute by minute through a change of time: a model of opening hours.

It shares nothing with the rule: it only looks at what the clock shows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
REACH = 4 * DAY

CHANGES = {
    ("Europe/Berlin", datetime(2026, 10, 25, 1, tzinfo=UTC)): "back",
    ("Europe/Berlin", datetime(2027, 3, 28, 1, tzinfo=UTC)): "forward",
    ("America/New_York", datetime(2026, 11, 1, 6, tzinfo=UTC)): "back",
    ("America/New_York", datetime(2027, 3, 14, 7, tzinfo=UTC)): "forward",
    ("Australia/Lord_Howe", datetime(2027, 4, 3, 15, tzinfo=UTC)): "back by half an hour",
    ("Australia/Lord_Howe", datetime(2026, 10, 3, 15, 30, tzinfo=UTC)): "forward by half an hour",
}


@dataclass(frozen=True)
class Wall:
    """What the clock shows from ``begins`` on, a wall time a minute; when it showed each first and
    last."""

    begins: datetime
    shown: tuple[datetime, ...]
    first: dict[datetime, int]
    last: dict[datetime, int]

    def opens_at(self, wall: datetime) -> int:
        return self.first[wall] if wall in self.first else self.first[wall + self.skipped]

    def closes_at(self, wall: datetime) -> int:
        return self.last[wall] if wall in self.last else self.last[wall + self.skipped]

    @property
    def skipped(self) -> timedelta:
        """How much the clock leaps over where it goes forward."""
        steps = zip(self.shown, self.shown[1:], strict=False)
        return max(later - earlier for earlier, later in steps) - MINUTE


@lru_cache
def wall_of(zone: str, change: datetime) -> Wall:
    begins = change - REACH
    moments = [begins + n * MINUTE for n in range(int(2 * REACH / MINUTE))]
    shown = tuple(m.astimezone(ZoneInfo(zone)).replace(tzinfo=None, fold=0) for m in moments)
    last = {wall: n for n, wall in enumerate(shown)}
    first = {wall: n for n, wall in reversed(list(enumerate(shown)))}
    return Wall(begins, shown, first, last)


def open_minutes(wall: Wall, days: dict[int, tuple[str, str]]) -> set[int]:
    """The minutes in which it is open; ``days`` by weekday, Monday is 0."""
    found: set[int] = set()
    for day in sorted({shown.date() for shown in wall.shown})[1:-2]:
        if day.weekday() not in days:
            continue
        opens, closes = (time.fromisoformat(text) for text in days[day.weekday()])
        ends = day if opens < closes else day + DAY
        begins = wall.opens_at(datetime.combine(day, opens))
        found.update(range(begins, wall.closes_at(datetime.combine(ends, closes))))
    return found
