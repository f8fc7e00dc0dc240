"""The few sentences about approvals that people read beside a message."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin_contracts.words import Kind

from dispatcher.approvals.model import Asked

NAMES = {
    Kind.INITIAL: "first notice",
    Kind.NO_NEWS: "word that nothing changed",
    Kind.ETA_CHANGE: "new time",
    Kind.RESOLVED: "word that it is resolved",
    Kind.REOPENED: "word that it is back",
    Kind.CLOSURE: "closing note",
    Kind.MAINTENANCE_ANNOUNCED: "announcement of planned work",
    Kind.MAINTENANCE_REMINDER: "reminder of planned work",
    Kind.MAINTENANCE_RESCHEDULED: "new date of planned work",
    Kind.MAINTENANCE_CANCELLED: "word that planned work is cancelled",
    Kind.MAINTENANCE_STARTED: "word that planned work has started",
    Kind.MAINTENANCE_ENDED: "word that planned work has ended",
}


def name_of(kind: Kind) -> str:
    """ "first notice", where there is a better word than the kind's own."""
    return NAMES.get(kind, kind.value.replace("_", " "))


def clock(moment: datetime, zone: ZoneInfo) -> str:
    return f"{moment.astimezone(zone):%H:%M %Z}"


def unanswered(asked: Asked, zone: ZoneInfo) -> str:
    return f"{asked.approver_name} did not answer by {clock(asked.decide_by, zone)}"


def waits_on(asked: Asked, zone: ZoneInfo) -> str:
    """After the deadline."""
    return f"waits for a yes: {unanswered(asked, zone)}"


def waits_behind(asked: Asked) -> str:
    return f"waits for a yes of {asked.approver_name} to what comes before it"


def given_up(after: timedelta) -> str:
    hours = f"{after / timedelta(hours=1):g}"
    return f"If nobody does within {hours} hours, it is given up and they go."


def nobody(after: timedelta) -> str:
    return f"nobody said yes within {after / timedelta(hours=1):g} hours"


def waits(asked: Asked, zone: ZoneInfo) -> str:
    return f"waits for a yes of {asked.approver_name} until {clock(asked.decide_by, zone)}"
