"""One entry in one reader's calendar, before it is written as iCalendar."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from zoneinfo import ZoneInfo


class Method(StrEnum):
    """What the reader's calendar is asked to do (RFC 5546, 1.4)."""

    REQUEST = "REQUEST"
    """Enter it, or change the entry with this UID."""
    CANCEL = "CANCEL"
    """Take the entry out."""


@dataclass(frozen=True)
class Person:
    name: str | None
    email: str


@dataclass(frozen=True)
class Invite:
    """``uid`` stays the same for all that is ever said of one entry, and ``sequence`` grows.

    ``zone`` is the reader's own. ``answer``: the organizer wants to hear whether they come;
    without, the entry does not mark their time as busy either. ``further`` are properties of
    another standard, by name.
    """

    uid: str
    sequence: int
    method: Method
    stamp: datetime
    starts_at: datetime
    ends_at: datetime
    zone: ZoneInfo
    summary: str
    organizer: Person
    attendee: Person
    description: str | None = None
    location: str | None = None
    answer: bool = True
    further: tuple[tuple[str, str], ...] = ()
