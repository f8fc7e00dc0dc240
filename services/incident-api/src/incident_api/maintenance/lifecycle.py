"""What becomes of a window: announced, changed, called off, reminded of, started, ended.

Each changes a :class:`WindowRecording` or leaves it empty where there is nothing to do, and raises
:class:`NotNow` where the state does not allow it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, MaintenanceOutcome, MaintenanceStatus

from incident_api.audience.changes import Revised
from incident_api.directory.view import DirectoryView
from incident_api.maintenance.audience import concerned_by, decided_anew
from incident_api.maintenance.model import Window
from incident_api.maintenance.recording import WindowRecording
from incident_api.maintenance.rules import Command, Move, Wrong, decide

READ = frozenset({"impact", "impact_level", "purpose", "preparation", "object_by"})
"""What clients read of a window beside its times and systems."""

_DONE = {
    Command.CHANGE: "changed",
    Command.START: "started",
    Command.END: "ended",
    Command.CANCEL: "cancelled",
}
_OUTCOMES = {
    MaintenanceOutcome.DONE: "done",
    MaintenanceOutcome.PARTLY: "partly done",
    MaintenanceOutcome.UNDONE: "stopped and undone",
}


class NotNow(Exception):
    """The state does not allow it; the message says which call is right."""


def permit(command: Command, window: Window) -> bool:
    """Whether there is anything to do. Raises :class:`NotNow`."""
    decision = decide(command, window.status)
    if isinstance(decision, Wrong):
        reason = decision.reason.replace("{ref}", window.ref)
        raise NotNow(f"{window.ref} cannot be {_DONE[command]}: {reason}.")
    return isinstance(decision, Move)


def announce(window: Window, view: DirectoryView, *, actor: str, now: datetime) -> WindowRecording:
    """Planned work is told to those it concerns."""
    window = window.having(clients=concerned_by(view, window.system_keys, now))
    recording = WindowRecording(window, actor=actor, now=now)
    count = len(window.clients)
    told = "no client uses it" if not count else f"{count} {_plural(count)} told"
    recording.tell(e.MaintenanceAnnounced, f"Announced: {told}.", kind=Kind.MAINTENANCE_ANNOUNCED)
    return recording


def change(
    recording: WindowRecording,
    wanted: Mapping[str, Any],
    view: DirectoryView,
    *,
    reason: str | None,
    notify: bool,
) -> None:
    """Set what differs. New times are told with the old ones, other news as the work itself."""
    before = recording.window
    changed = {name for name in wanted if getattr(before, name) != wanted[name]}
    if not permit(Command.CHANGE, before) or not changed:
        return
    if "starts_at" in changed and before.status is MaintenanceStatus.IN_PROGRESS:
        raise NotNow(f"{before.ref} has started, so its start stays; only its end can move.")
    recording.change(**{name: wanted[name] for name in changed})
    revised = _audience_anew(recording, view)
    moved = bool(changed & {"starts_at", "ends_at"})
    if moved:
        _moved(recording, before, reason, notify=notify)
    if recording.events:
        return  # the new times are told with all else
    if changed & READ or revised.added or revised.affected:
        everyone = bool(changed & READ)
        only = None if everyone else (*revised.added, *revised.affected)
        _told_anew(recording, changed, only, notify=notify)
    elif not moved:
        recording.note("changed", f"Changed: {_listed(changed)}.")


def _moved(recording: WindowRecording, before: Window, reason: str | None, *, notify: bool) -> None:
    recording.change(calendar_sequence=before.calendar_sequence + 1, overrun=False)
    because = f": {reason}" if reason else "."
    if before.status is MaintenanceStatus.SCHEDULED:
        recording.tell(
            e.MaintenanceRescheduled,
            f"Moved{because}",
            kind=Kind.MAINTENANCE_RESCHEDULED if notify else None,
            starts_before=before.starts_at,
            ends_before=before.ends_at,
            reason=reason,
        )
    elif recording.window.ends_at > before.ends_at:
        recording.tell(
            e.MaintenanceOverrun,
            f"It takes longer{because}",
            kind=Kind.MAINTENANCE_ENDED if notify else None,
            ends_before=before.ends_at,
            expected_end=recording.window.ends_at,
            reason=reason,
        )
    else:
        recording.note("changed", f"It is expected to end earlier{because}")


def _told_anew(
    recording: WindowRecording,
    changed: set[str],
    only: tuple[str, ...] | None,
    *,
    notify: bool,
) -> None:
    """Another effect is another announcement, with the entry in calendars renewed."""
    recording.change(calendar_sequence=recording.window.calendar_sequence + 1)
    scheduled = recording.window.status is MaintenanceStatus.SCHEDULED
    kind = Kind.MAINTENANCE_ANNOUNCED if scheduled else Kind.MAINTENANCE_STARTED
    recording.tell(
        e.MaintenanceAnnounced if scheduled else e.MaintenanceStarted,
        f"Changed: {_listed(changed)}.",
        kind=kind if notify else None,
        only_clients=only,
    )


def cancel(recording: WindowRecording, reason: str | None) -> None:
    """It does not take place."""
    if not permit(Command.CANCEL, recording.window):
        return
    recording.change(
        status=MaintenanceStatus.CANCELLED,
        calendar_sequence=recording.window.calendar_sequence + 1,
    )
    recording.tell(
        e.MaintenanceCancelled,
        f"Cancelled: {reason}" if reason else "Cancelled.",
        kind=Kind.MAINTENANCE_CANCELLED,
        reason=reason,
    )


def remind(recording: WindowRecording, view: DirectoryView, hours_before: float) -> None:
    """Those it concerns today hear of it again; who is new reads it as an announcement."""
    revised = _audience_anew(recording, view)
    recording.tell(
        e.MaintenanceReminderDue,
        f"Reminded {hours_before:g} hours ahead.{_joined(revised)}",
        kind=Kind.MAINTENANCE_REMINDER,
        hours_before=hours_before,
    )


def start(recording: WindowRecording, view: DirectoryView, *, at: datetime) -> None:
    """``at``: when it began; by itself that is the announced moment, however late we noted it."""
    if not permit(Command.START, recording.window):
        return
    revised = _audience_anew(recording, view)
    recording.change(status=MaintenanceStatus.IN_PROGRESS, started_at=at)
    recording.tell(
        e.MaintenanceStarted, f"Started.{_joined(revised)}", kind=Kind.MAINTENANCE_STARTED
    )


def overrun(recording: WindowRecording) -> None:
    """The announced end has come, and nobody has said that the work is done."""
    recording.change(overrun=True)
    recording.tell(
        e.MaintenanceOverrun,
        "It takes longer than announced.",
        kind=Kind.MAINTENANCE_ENDED,
        ends_before=recording.window.ends_at,
    )


def end(recording: WindowRecording, outcome: MaintenanceOutcome, message: str | None) -> None:
    if not permit(Command.END, recording.window):
        return
    recording.change(
        status=MaintenanceStatus.COMPLETED,
        overrun=False,
        ended_at=recording.now,
        outcome=outcome,
    )
    said = f": {message}" if message else "."
    recording.tell(
        e.MaintenanceEnded,
        f"Ended, {_OUTCOMES[outcome]}{said}",
        kind=Kind.MAINTENANCE_ENDED,
        message=message,
    )


def _audience_anew(recording: WindowRecording, view: DirectoryView) -> Revised:
    window = recording.window
    revised = decided_anew(window.clients, view, window.system_keys, recording.now)
    recording.set_audience(revised)
    return revised


def _joined(revised: Revised) -> str:
    return f" Now concerned too: {', '.join(revised.added)}." if revised.added else ""


def _plural(count: int) -> str:
    return "client is" if count == 1 else "clients are"


def _listed(names: set[str]) -> str:
    words = sorted(name.replace("_", " ") for name in names)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
