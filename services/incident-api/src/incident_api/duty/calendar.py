"""A duty calendar (iCalendar, RFC 5545) as events in moments."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from math import prod
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import icalendar
import recurring_ical_events

MOST_EVENTS = 5000
_OWN_ZONE = "X-WR-TIMEZONE"
_DAY = timedelta(days=1)
_PERIODS = {
    "WEEKLY": 7 * _DAY,
    "MONTHLY": 28 * _DAY,
    "YEARLY": 365 * _DAY,
}
MOST_STEPS = 1_000_000
"""Of all rules together; a few seconds."""
MOST_AT_ONCE = 50_000
"""Repetitions that have not ended when the next ones begin; each is kept in memory."""
TOO_OFTEN = frozenset({"SECONDLY", "MINUTELY", "HOURLY"})


class Unreadable(ValueError):
    """It is no calendar, or none that can be read; the message is a clause that says why."""


@dataclass(frozen=True)
class CalendarEvent:
    """``attendees`` are addresses in lower case; somebody who declined is none."""

    starts_at: datetime
    ends_at: datetime
    summary: str
    attendees: tuple[str, ...] = ()


def events_in(
    raw: bytes, timezone: str | None, provider_zone: str, earliest: datetime, latest: datetime
) -> tuple[CalendarEvent, ...]:
    """Everything that touches the time from ``earliest`` until before ``latest``.

    Whole days, and times that name no timezone, are in ``timezone``, else in the calendar's own
    (``X-WR-TIMEZONE``), else in ``provider_zone``. Raises :class:`Unreadable`.
    """
    try:
        calendar = _parsed(raw)
        _check_work(calendar, latest)
        zone = _zone(calendar, timezone, provider_zone)
        return tuple(_events(calendar, zone, earliest, latest))
    except Unreadable:
        raise
    except Exception as error:
        # Whatever a stranger's file makes two libraries raise: it is not our fault, nor fatal.
        raise Unreadable(f"it holds what cannot be read ({type(error).__name__})") from error


def _parsed(raw: bytes) -> icalendar.Calendar:
    try:
        found = icalendar.Calendar.from_ical(raw)
    except ValueError as error:
        raise Unreadable("it is no calendar (iCalendar)") from error
    if not isinstance(found, icalendar.Calendar) or found.name != "VCALENDAR":
        raise Unreadable("it is no calendar (iCalendar)")
    events = found.walk("VEVENT")
    if len(events) > MOST_EVENTS:
        raise Unreadable(f"it holds more than {MOST_EVENTS} events")
    return found


def _check_work(calendar: icalendar.Calendar, latest: datetime) -> None:
    """Rules are worked out from their first day on, however long ago that was."""
    steps = at_once = 0.0
    events: list[Any] = calendar.walk("VEVENT")
    for event in events:
        lasts = max(timedelta(0), latest - _moment(event.start, ZoneInfo("UTC")))
        for rule in _rules(event):
            if _never_comes(rule):
                raise Unreadable("it repeats an event on a day that never comes")
            each = _times_a_day(rule) / _period(rule).total_seconds()
            steps += lasts.total_seconds() * each
            at_once += min(lasts, event.duration).total_seconds() * each
    if at_once > MOST_AT_ONCE:
        raise Unreadable("it holds repeated events so long that too many go on at once")
    if steps > MOST_STEPS:
        raise Unreadable("it repeats events too often, or since too long ago, to be worked out")


def _rules(event: Any) -> list[Any]:
    rules = event.get("RRULE", [])
    return rules if isinstance(rules, list) else [rules]


def _never_comes(rule: Any) -> bool:
    """It would be looked for until the year 9999. A year that has a 29 February is 2000."""
    months = [monthrange(2000, int(one))[1] for one in rule.get("BYMONTH", range(1, 13))]
    return all(abs(day) > max(months) for day in rule.get("BYMONTHDAY", [1]))


def _period(rule: Any) -> timedelta:
    frequencies = [str(frequency).upper() for frequency in rule.get("FREQ", [])]
    if TOO_OFTEN.intersection(frequencies):
        raise Unreadable("it holds an event that repeats more often than daily")
    return min((_PERIODS.get(one, _DAY) for one in frequencies), default=_DAY)


def _times_a_day(rule: Any) -> int:
    return prod(max(1, len(rule.get(part, []))) for part in ("BYHOUR", "BYMINUTE", "BYSECOND"))


def _zone(calendar: icalendar.Calendar, timezone: str | None, provider_zone: str) -> ZoneInfo:
    """One that the calendar names and nobody knows is taken out of it."""
    own = _known_zone(str(calendar.get(_OWN_ZONE, "")))
    if own is None:
        calendar.pop(_OWN_ZONE, None)
    given = None if timezone is None else ZoneInfo(timezone)
    return given or own or ZoneInfo(provider_zone)


def _known_zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def _events(
    calendar: icalendar.Calendar, zone: ZoneInfo, earliest: datetime, latest: datetime
) -> Iterator[CalendarEvent]:
    # A day more at each end: it compares times without a zone by the clock's hands alone.
    found = recurring_ical_events.of(calendar).between(earliest - _DAY, latest + _DAY)
    if len(found) > MOST_EVENTS:
        raise Unreadable(f"it holds more than {MOST_EVENTS} events in the next weeks")
    for event in found:
        starts_at, ends_at = _moment(event.start, zone), _moment(event.end, zone)
        cancelled = str(event.get("STATUS", "")).upper() == "CANCELLED"
        if not cancelled and starts_at < ends_at and ends_at > earliest and starts_at < latest:
            summary = " ".join(str(event.get("SUMMARY", "")).split())[:300]
            yield CalendarEvent(starts_at, ends_at, summary, tuple(_attendees(event)))


def _moment(value: date, zone: ZoneInfo) -> datetime:
    """A whole day begins at midnight; a time without a zone is on the calendar's clock."""
    if not isinstance(value, datetime):
        value = datetime.combine(value, time(), zone)
    elif value.tzinfo is None:
        value = value.replace(tzinfo=zone)
    return value.astimezone(UTC)


def _attendees(event: Any) -> Iterator[str]:
    found = event.get("ATTENDEE", [])
    for attendee in found if isinstance(found, list) else [found]:
        declined = str(attendee.params.get("PARTSTAT", "")).upper() == "DECLINED"
        scheme, _, address = str(attendee).partition(":")
        if scheme.lower() == "mailto" and not declined:
            yield address.strip().lower()
