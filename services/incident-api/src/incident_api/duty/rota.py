"""A weekly rota as moments: whose turn it is, on the clock of its timezone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin_contracts.staff import DutySpan

from incident_api.directory.duty_entries import DutyEntry, OverrideEntry, ShiftEntry
from incident_api.directory.service_hours import WEEKDAYS

WEEK = timedelta(days=7)


def moment(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """Wall clock to UTC. A time that a clock change leaves out is as long after the change as it
    would have been after its hour began; one that comes twice is its first. So the end of a shift
    and the beginning of the next are one moment, and nobody is missing in between.
    """
    return datetime.combine(day, clock, zone).astimezone(UTC)


def spans_of(
    duty: DutyEntry, timezone: str, earliest: datetime, latest: datetime
) -> tuple[DutySpan, ...]:
    """Whoever's turn touches the time from ``earliest`` until before ``latest``, overrides not yet
    looked at. ``timezone`` is that of a rota which names none."""
    if duty.shifts is None or duty.starting is None:
        return ()
    zone = ZoneInfo(duty.timezone or timezone)
    found = [
        span
        for shift in duty.shifts
        for span in _turns(shift, duty.starting, zone, earliest, latest)
        if span.starts_at < span.ends_at
    ]
    return tuple(sorted(found, key=_order))


def overridden(
    spans: Iterable[DutySpan],
    overrides: Iterable[OverrideEntry] | None,
    timezone: str,
    earliest: datetime,
    latest: datetime,
) -> tuple[DutySpan, ...]:
    """In the time of an override nobody else is on duty; of two that overlap the later counts.

    Only what touches the time from ``earliest`` until before ``latest``: overrides pile up over
    the years, and each costs a look at every span.
    """
    zone = ZoneInfo(timezone)
    found = [span for span in spans if _touches(span, earliest, latest)]
    for override in overrides or ():
        span = _of_override(override, zone)
        if _touches(span, earliest, latest):
            found = [part for one in found for part in _without(one, span)] + [span]
    return tuple(sorted(found, key=_order))


def _touches(span: DutySpan, earliest: datetime, latest: datetime) -> bool:
    return span.ends_at > earliest and span.starts_at < latest


def _order(span: DutySpan) -> tuple[datetime, datetime, str]:
    return span.starts_at, span.ends_at, span.person


def _turns(
    shift: ShiftEntry, starting: date, zone: ZoneInfo, earliest: datetime, latest: datetime
) -> Iterator[DutySpan]:
    first = _first_day(shift, starting)
    week = max(0, (earliest.astimezone(zone).date() - first).days // 7 - 1)
    while True:
        span = _turn(shift, first + week * WEEK, week, zone)
        if span.starts_at >= latest:
            return
        if span.ends_at > earliest:
            yield span
        week += 1


def _turn(shift: ShiftEntry, day: date, week: int, zone: ZoneInfo) -> DutySpan:
    """Weeks are counted from the day on which the rota starts, so ``day`` is in week ``week``."""
    begins, opens = _weekly(shift.start)
    ends, closes = _weekly(shift.end)
    days = (ends - begins) % 7
    if days == 0 and closes <= opens:
        days = 7
    return DutySpan(
        person=shift.people[week % len(shift.people)],
        starts_at=moment(day, opens, zone),
        ends_at=moment(day + timedelta(days=days), closes, zone),
    )


def _first_day(shift: ShiftEntry, starting: date) -> date:
    weekday, _ = _weekly(shift.start)
    return starting + timedelta(days=(weekday - starting.weekday()) % 7)


def _weekly(written: str) -> tuple[int, time]:
    """``"mon 18:00"`` → (0, 18:00)."""
    day, _, clock = written.partition(" ")
    return [str(one) for one in WEEKDAYS].index(day), time.fromisoformat(clock)


def _of_override(override: OverrideEntry, zone: ZoneInfo) -> DutySpan:
    return DutySpan(
        person=override.person,
        starts_at=_aware(override.start, zone),
        ends_at=_aware(override.end, zone),
    )


def _aware(written: datetime, zone: ZoneInfo) -> datetime:
    if written.tzinfo is not None:
        return written.astimezone(UTC)
    return moment(written.date(), written.time(), zone)


def _without(span: DutySpan, taken: DutySpan) -> Iterator[DutySpan]:
    if span.ends_at <= taken.starts_at or taken.ends_at <= span.starts_at:
        yield span
        return
    if span.starts_at < taken.starts_at:
        yield span.model_copy(update={"ends_at": taken.starts_at})
    if taken.ends_at < span.ends_at:
        yield span.model_copy(update={"starts_at": taken.ends_at})
