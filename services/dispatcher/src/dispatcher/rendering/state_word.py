"""The word in capitals that begins a preheader and a lock screen's line."""

from __future__ import annotations

from tocsin_contracts.words import Kind, MaintenanceOutcome, MaintenanceStatus

from dispatcher.rendering.digest_view import count_of
from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading

_UPDATES = frozenset({Kind.UPDATE, Kind.NO_NEWS, Kind.ETA_CHANGE, Kind.WORKAROUND})
_STATES = {
    Kind.INITIAL: "new",
    Kind.HOLDING_NOTICE: "checking",
    Kind.UPDATE: "update",
    Kind.NO_NEWS: "no_change",
    Kind.ETA_CHANGE: "new_time",
    Kind.WORKAROUND: "workaround",
    Kind.CORRECTION: "correction",
    Kind.RESOLVED: "resolved",
    Kind.REOPENED: "reopened",
    Kind.CLOSURE: "closed",
    Kind.REVIEW: "review",
    Kind.FEEDBACK_REQUEST: "your_view",
    Kind.MAINTENANCE_ANNOUNCED: "planned",
    Kind.MAINTENANCE_REMINDER: "reminder",
    Kind.MAINTENANCE_RESCHEDULED: "new_date",
    Kind.MAINTENANCE_CANCELLED: "cancelled",
    Kind.MAINTENANCE_STARTED: "started",
    Kind.MAINTENANCE_ENDED: "done",
}


def state_word(notice: Notice, reading: Reading) -> str | None:
    """``NEW``, ``UPDATE``, …; staff's messages and answers have none: what is asked comes first."""
    if notice.kind is Kind.DIGEST:
        return _counted(notice, reading)
    key = _key(notice)
    return reading.language.word("states", key) if key else None


def _key(notice: Notice) -> str | None:
    kind = notice.kind
    if kind in _UPDATES and notice.initial_never_sent:
        return "new"
    if kind is Kind.ETA_CHANGE and notice.before.eta is None:
        return "update"
    if notice.meeting is not None and notice.closure is None:
        return "cancelled" if notice.meeting.now is None else "new_date"
    if kind is Kind.MAINTENANCE_ENDED and overruns(notice.maintenance):
        return "overrunning"
    if notice.maintenance and notice.maintenance.window.outcome is MaintenanceOutcome.UNDONE:
        return "cancelled"
    return _STATES.get(kind)


_GOOD = frozenset({Kind.RESOLVED, Kind.CLOSURE, Kind.MAINTENANCE_ENDED})
_QUIET = frozenset(
    {
        Kind.REVIEW,
        Kind.FEEDBACK_REQUEST,
        Kind.MAINTENANCE_ANNOUNCED,
        Kind.MAINTENANCE_REMINDER,
        Kind.MAINTENANCE_RESCHEDULED,
        Kind.MAINTENANCE_CANCELLED,
    }
)


def tone(notice: Notice) -> str | None:
    """``open`` while something is wrong, ``good`` once it is not; the colour beside the word."""
    if notice.kind in _QUIET or notice.meeting is not None:
        return None
    if notice.kind in _GOOD and not overruns(notice.maintenance):
        return "good"
    return "good" if notice.digest and not count_of(notice, is_open=True) else "open"


def overruns(facts: MaintenanceFacts | None) -> bool:
    """The announced end has passed and the work goes on."""
    return facts is not None and facts.window.status is MaintenanceStatus.IN_PROGRESS


def _counted(notice: Notice, reading: Reading) -> str:
    """``3 OPEN, 1 RESOLVED``; none of a thing is not written."""
    counts = {"open": count_of(notice, is_open=True), "resolved": count_of(notice, is_open=False)}
    written = (
        reading.language.word("states", f"digest_{word}").format(count=count)
        for word, count in counts.items()
        if count
    )
    return reading.language.word("lists", "comma").join(written)
