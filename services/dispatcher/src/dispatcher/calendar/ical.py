"""An invitation as iCalendar text (RFC 5545), to be sent by mail (RFC 6047)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from icalendar import Calendar, Event, vCalAddress, vText

from dispatcher.calendar.model import Invite, Method, Person
from dispatcher.calendar.timezone import timezone_text

PRODUCT = "-//Tocsin//Tocsin//EN"
_BEGIN = "BEGIN:VEVENT\r\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_NOT_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def ical(invite: Invite) -> str:
    """The whole object; its lines end in CR LF and are folded at 75 octets."""
    made = Calendar()
    made.add("prodid", PRODUCT)
    made.add("version", "2.0")
    made.add("method", invite.method.value)
    made.add_component(_event(invite))
    text: str = made.to_ical().decode()
    if _is_utc(invite.zone):
        return text
    years = (invite.starts_at.year - 1, invite.ends_at.year + 1)
    # Put in as text, which is made once: it takes longer than all the rest.
    return text.replace(_BEGIN, timezone_text(invite.zone, *years) + _BEGIN, 1)


def _event(invite: Invite) -> Event:
    made = Event()
    made.add("uid", invite.uid)
    made.add("sequence", invite.sequence)
    made.add("dtstamp", invite.stamp.astimezone(UTC))
    made.add("dtstart", _local(invite.starts_at, invite.zone))
    made.add("dtend", _local(invite.ends_at, invite.zone))
    made.add("summary", _line(invite.summary))
    if invite.description:
        made.add("description", _text(invite.description))
    if invite.location:
        made.add("location", _line(invite.location))
    cancelled = invite.method is Method.CANCEL
    made.add("status", "CANCELLED" if cancelled else "CONFIRMED")
    made.add("transp", "OPAQUE" if invite.answer else "TRANSPARENT")
    made["organizer"] = _address(invite.organizer)
    made["attendee"] = _attendee(invite)
    for name, value in invite.further:
        made.add(name, vText(_line(value)))
    return made


def _attendee(invite: Invite) -> vCalAddress:
    made = _address(invite.attendee)
    made.params["CUTYPE"] = "INDIVIDUAL"
    made.params["ROLE"] = "REQ-PARTICIPANT" if invite.answer else "NON-PARTICIPANT"
    made.params["PARTSTAT"] = "NEEDS-ACTION"
    made.params["RSVP"] = "TRUE" if invite.answer else "FALSE"
    return made


def _address(person: Person) -> vCalAddress:
    made = vCalAddress(f"mailto:{person.email}")
    name = _line(person.name or "").replace('"', "'")
    if name:
        made.params["CN"] = name
    return made


def _local(moment: datetime, zone: ZoneInfo) -> datetime:
    return moment.astimezone(UTC if _is_utc(zone) else zone)


def _is_utc(zone: ZoneInfo) -> bool:
    return zone.key in ("UTC", "Etc/UTC")


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()


def _text(text: str) -> str:
    """Line breaks stay; the library escapes them."""
    return _NOT_TEXT.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))
