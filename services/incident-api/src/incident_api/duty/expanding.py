"""Who of a team is on duty in the weeks to come: from its rota, or from what its calendar said."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.staff import Duty, DutySpan

from incident_api.directory.document import TEAM, Entries, timezone_of
from incident_api.directory.duty_entries import DutyEntry
from incident_api.directory.entries import TeamEntry
from incident_api.duty.calendar import CalendarEvent
from incident_api.duty.matching import people_meant
from incident_api.duty.rota import overridden, spans_of

AHEAD = timedelta(weeks=5)
BACK = timedelta(days=1)
WEEK = timedelta(weeks=1)


@dataclass(frozen=True)
class Reading:
    """What the calendar at ``address`` said when it was last read (``None``: never yet).

    ``failing_since``: it cannot be read since then, for the reason ``failure``, a clause.
    """

    address: str
    events: tuple[CalendarEvent, ...] = ()
    read_at: datetime | None = None
    failing_since: datetime | None = None
    failure: str | None = None


def reading_of(duty: DutyEntry, readings: Mapping[str, Reading], team: str) -> Reading | None:
    """None where another address was read than the one that is written now."""
    found = readings.get(team)
    return found if found is not None and found.address == duty.calendar else None


def duty_of(team: TeamEntry, timezone: str, reading: Reading | None, now: datetime) -> Duty | None:
    """``timezone`` is the provider's."""
    if team.duty is None:
        return None
    if team.duty.calendar is None:
        return _of_rota(team.duty, timezone, now)
    return _of_calendar(team, team.duty, timezone, reading, now)


def _of_rota(duty: DutyEntry, timezone: str, now: datetime) -> Duty:
    known_until = now + AHEAD
    spans = spans_of(duty, timezone, now - BACK, known_until)
    return Duty(spans=_near(duty, spans, timezone, now), known_until=known_until)


def _of_calendar(
    team: TeamEntry, duty: DutyEntry, timezone: str, reading: Reading | None, now: datetime
) -> Duty:
    if reading is None or reading.read_at is None:
        failing = None if reading is None else reading.failing_since
        spans = _near(duty, (), timezone, now)
        return Duty(spans=spans, known_until=now, stale_since=failing)
    spans = tuple(_of_events(reading.events, team))
    return Duty(
        spans=_near(duty, spans, timezone, now),
        known_until=reading.read_at + AHEAD,
        stale_since=reading.read_at if reading.failing_since is not None else None,
    )


def _of_events(events: Iterable[CalendarEvent], team: TeamEntry) -> Iterable[DutySpan]:
    members = team.everyone()
    for event in events:
        for person in people_meant(event, members):
            yield DutySpan(person=person, starts_at=event.starts_at, ends_at=event.ends_at)


def _near(
    duty: DutyEntry, spans: Iterable[DutySpan], timezone: str, now: datetime
) -> tuple[DutySpan, ...]:
    zone = duty.timezone or timezone
    near = overridden(spans, duty.overrides, zone, now - BACK, now + AHEAD)
    near = tuple(
        span for span in near if span.ends_at > now - BACK and span.starts_at < now + AHEAD
    )
    return tuple(dict.fromkeys(near))


def worth_telling(told: Duty | None, found: Duty, now: datetime) -> bool:
    """Whether ``found`` says anything new of the time to come, or a week more than ``told``."""
    if told is None or told.stale_since != found.stale_since:
        return True
    if found.known_until - told.known_until >= WEEK:
        return True
    return _coming(told, now, told.known_until) != _coming(found, now, told.known_until)


def _coming(duty: Duty, now: datetime, until: datetime) -> list[tuple[datetime, datetime, str]]:
    """What lies between ``now`` and ``until``, cut to it."""
    return sorted(
        (max(span.starts_at, now), min(span.ends_at, until), span.person)
        for span in duty.spans
        if span.ends_at > now and span.starts_at < until
    )


def duties_following(
    before: Entries,
    after: Entries,
    duties: Mapping[str, Duty],
    readings: Mapping[str, Reading],
    now: datetime,
) -> dict[str, Duty]:
    """The duties once ``after`` is in force: those that nothing written there touches stay."""
    zone = timezone_of(after)
    same_zone = zone == timezone_of(before)
    found = {}
    for (kind, key), team in after.items():
        if kind != TEAM.name or not isinstance(team, TeamEntry) or team.duty is None:
            continue
        stays = same_zone and key in duties and _same(before.get((kind, key)), team)
        duty = duties[key] if stays else _fresh(team, team.duty, zone, readings, now)
        found[key] = duty
    return found


def _fresh(
    team: TeamEntry, duty: DutyEntry, zone: str, readings: Mapping[str, Reading], now: datetime
) -> Duty:
    found = duty_of(team, zone, reading_of(duty, readings, team.key), now)
    assert found is not None  # noqa: S101 — it has a duty
    return found


def _same(before: object, after: TeamEntry) -> bool:
    """The same duty, and the same people to be found in it."""
    if not isinstance(before, TeamEntry) or before.duty != after.duty:
        return False
    return _known_by(before) == _known_by(after)


def _known_by(team: TeamEntry) -> list[tuple[str, str, str | None]]:
    return [(member.person, member.name, member.email) for member in team.everyone()]
