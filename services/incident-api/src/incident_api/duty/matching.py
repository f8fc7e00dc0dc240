"""Whom of a team an event of a duty calendar means."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from incident_api.directory.entries import MemberEntry
from incident_api.duty.calendar import CalendarEvent


def people_meant(event: CalendarEvent, members: Sequence[MemberEntry]) -> tuple[str, ...]:
    """Those invited, by their email; where none of ours is, those whom the title names.

    Calendars of on-call tools write "On Call - Ann Weiss", "ann@example.com" or "[L1] ann".
    """
    invited = [m.person for m in members if m.email and m.email.lower() in event.attendees]
    return tuple(dict.fromkeys(invited or _named(event.summary, members)))


def strangers(events: Iterable[CalendarEvent], members: Sequence[MemberEntry]) -> tuple[str, ...]:
    """The titles of events that mean nobody we know, each once."""
    unknown = (event.summary for event in events if not people_meant(event, members))
    return tuple(dict.fromkeys(unknown))


def _named(title: str, members: Sequence[MemberEntry]) -> list[str]:
    """A whole name goes before a key, which may be a word like any other."""
    for names in (_full_names, _keys):
        found = [m.person for m in members if any(_says(title, name) for name in names(m))]
        if found:
            return found
    return []


def _full_names(member: MemberEntry) -> Iterable[str]:
    return (member.name, *([member.email] if member.email else []))


def _keys(member: MemberEntry) -> Iterable[str]:
    return (member.person,)


def _says(title: str, name: str) -> bool:
    """As a word of its own: "ann" is not in "Hannah", nor in "ann@example.com"."""
    whole = rf"(?<![\w.@-]){re.escape(name)}(?![\w@-]|\.\w)"
    return re.search(whole, title, re.IGNORECASE) is not None
