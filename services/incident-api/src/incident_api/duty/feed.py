"""Who is on duty as a calendar (iCalendar, RFC 5545) to subscribe to."""

from __future__ import annotations

import hashlib
from datetime import datetime, timedelta

import icalendar
from tocsin_contracts.staff import DutySpan

from incident_api.duty.standing import Team

EVERY = timedelta(minutes=10)


def feed_of(team: Team, provider: str, now: datetime) -> bytes:
    """Names and times, no address; as far ahead as is known."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Tocsin//Duty//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", f"{provider}: on duty ({team.entry.key})")
    calendar.add("refresh-interval", EVERY, parameters={"VALUE": "DURATION"})
    for span in () if team.duty is None else team.duty.spans:
        calendar.add_component(_event(team, span, now))
    return bytes(calendar.to_ical())


def _event(team: Team, span: DutySpan, now: datetime) -> icalendar.Event:
    event = icalendar.Event()
    event.add("uid", _uid(team.entry.key, span))
    event.add("dtstamp", now)
    event.add("dtstart", span.starts_at)
    event.add("dtend", span.ends_at)
    event.add("summary", f"On duty: {_name(team, span)}")
    event.add("transp", "TRANSPARENT")
    return event


def _uid(team: str, span: DutySpan) -> str:
    """The same duty is the same event every time it is read."""
    place = f"{team}/{span.person}/{span.starts_at.isoformat()}"
    return hashlib.sha256(place.encode()).hexdigest()[:32] + "@tocsin"


def _name(team: Team, span: DutySpan) -> str:
    names = team.names()
    name = names.get(span.person, span.person)
    for absence in team.told.absences:
        whole = absence.starts_at <= span.starts_at and span.ends_at <= absence.ends_at
        if absence.person == span.person and whole:
            instead = names.get(absence.stand_in or "", "nobody")
            return f"{instead} (for {name})" if absence.stand_in else f"{name} (away)"
    return name
