"""Who stands for a client at a minute, in words; and hours on a clock on the wall.

Part of the model: it imports nothing of the service and nothing of the contracts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Week:
    """``days``: (weekday from 0, opens, closes), times of day in minutes. What closes at or before
    its opening closes on the day after."""

    zone: str
    days: tuple[tuple[int, int, int], ...]

    def open_at(self, moment: datetime) -> bool:
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        near = [today - DAY, today, today + DAY]
        return any(begins <= moment < ends for day in near for begins, ends in self._spans(day))

    def opens_by(self, moment: datetime) -> datetime:
        """``moment`` if it is open then, else the next opening."""
        if self.open_at(moment):
            return moment
        today = moment.astimezone(ZoneInfo(self.zone)).date()
        spans = [span for n in range(9) for span in self._spans(today + n * DAY)]
        return min(begins for begins, ends in spans if moment < begins < ends)

    def _spans(self, day: date) -> list[tuple[datetime, datetime]]:
        found = []
        for weekday, opens, closes in self.days:
            if day.weekday() == weekday:
                ends_on = day if closes > opens else day + DAY
                begins = moments(self.zone, day, opens)[0]
                found.append((begins, moments(self.zone, ends_on, closes)[-1]))
        return found


@lru_cache(maxsize=10_000)
def moments(zone: str, day: date, minute: int) -> list[datetime]:
    """When the clock on the wall shows this: twice where it is put back; where it is put forward
    over it, the moment at which it would have been shown."""
    wall = datetime.combine(day, time(minute // 60, minute % 60))
    clock = ZoneInfo(zone)
    noon = datetime.combine(day, time(12), UTC)
    offsets = [(noon + shift).astimezone(clock).utcoffset() or timedelta() for shift in (-DAY, DAY)]
    tried = sorted({(wall - offset).replace(tzinfo=UTC) for offset in offsets})
    shown = [at for at in tried if at.astimezone(clock).replace(tzinfo=None) == wall]
    return shown or [(wall - offsets[0]).replace(tzinfo=UTC)]


@dataclass(frozen=True)
class Away:
    person: str
    since: int
    until: int
    stand_in: str | None


@dataclass(frozen=True)
class Team:
    """``duty``: (person, from minute, until minute); ``works``: hours of those who have some;
    ``prefers``: a person's channels, the best first."""

    roles: Mapping[str, str]
    others: tuple[str, ...] = ()
    away: tuple[Away, ...] = ()
    duty: tuple[tuple[str, int, int], ...] = ()
    works: Mapping[str, Week] = field(default_factory=dict)
    prefers: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def people(self) -> set[str]:
        return {*self.roles.values(), *self.others}

    def asked(self, role: str, minute: int, moment: datetime, *, any_hour: bool) -> list[str]:
        """Whom the role leads to, in the order in which they are named."""
        if role == "on_duty":
            return self.on_duty(minute)
        who = self._there(self.roles.get(role), minute)
        if who is None:
            return []
        hours = self.works.get(who)
        if hours is None or any_hour or hours.open_at(moment):
            return [who]
        return self.on_duty(minute)

    def on_duty(self, minute: int) -> list[str]:
        named = [person for person, since, until in self.duty if since <= minute < until]
        there = [self._there(person, minute) for person in named]
        return list(dict.fromkeys(who for who in there if who is not None))

    def _there(self, who: str | None, minute: int) -> str | None:
        """The person, or the first of those who stand in that is not away."""
        asked: set[str] = set()
        while who is not None and who not in asked:
            asked.add(who)
            gone = [
                one for one in self.away if one.person == who and one.since <= minute < one.until
            ]
            if not gone:
                return who
            who = gone[0].stand_in
        return None
