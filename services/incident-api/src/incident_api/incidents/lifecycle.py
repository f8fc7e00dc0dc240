"""What the short calls do: publish, acknowledge, resolve, reopen, cancel.

Each changes a :class:`Recording` or leaves it empty where there is nothing to do, and raises
:class:`NotNow` where the state does not allow it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Status, Visibility

from incident_api.audience.changes import revise
from incident_api.audience.rules import Concern, concerned_clients
from incident_api.audience.terms import closures_due, promises_after_message
from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.incidents.publication import start_of
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command, Move, Wrong, decide


class NotNow(Exception):
    """The state does not allow it; the message says which call is right."""


def permit(command: Command, incident: Incident) -> Move | None:
    """How to go ahead; ``None`` where it is so already. Raises :class:`NotNow`."""
    decision = decide(
        command,
        incident.status,
        acknowledged=incident.acknowledged_at is not None,
        published=incident.published,
    )
    if isinstance(decision, Wrong):
        reason = decision.reason.replace("{id}", incident.ref)
        raise NotNow(f"{incident.ref} cannot be {_DONE[command]}: {reason}.")
    return decision if isinstance(decision, Move) else None


_DONE = {
    Command.PUBLISH: "published",
    Command.ACKNOWLEDGE: "acknowledged",
    Command.UPDATE: "updated",
    Command.NOTE: "noted on",
    Command.CHANGE: "changed",
    Command.RESOLVE: "resolved",
    Command.REOPEN: "reopened",
    Command.CANCEL: "cancelled",
    Command.CLOSE: "closed",
    Command.HOLDING_NOTICE: "told of by a holding notice",
    Command.CORRECT: "corrected",
    Command.LINK: "linked",
}


def publish(recording: Recording, view: DirectoryView, *, because: str | None = None) -> None:
    """Tell the clients of an internal incident, as its audience is today.

    ``because``: why it published itself.
    """
    if permit(Command.PUBLISH, recording.incident) is None:
        return
    audience_of_today(recording, view)
    recording.change(visibility=Visibility.PUBLISHED)
    kind = for_clients(recording, Kind.INITIAL)
    moved = promises_after_message(view, recording.clients, recording.now) if kind else {}
    recording.move_promises("next_update_due", moved)
    nobody = "" if recording.clients else " No client is concerned."
    recording.tell(
        e.IncidentPublished,
        f"Published{said(because)}{nobody}",
        kind=kind,
        audience=recording.audience,
        next_update_due=moved,
    )


def audience_of_today(recording: Recording, view: DirectoryView) -> None:
    """The directory may have changed since; whoever was told by a holding notice stays."""
    incident = recording.incident
    fresh = concerned_clients(
        view, concern_of(incident), known_at=incident.known_at, published=False
    )
    revised = revise(
        recording.clients,
        fresh,
        excluded=incident.exclude_client_keys,
        published=incident.told,
    )
    recording.set_audience(revised.clients, removed=revised.removed)


def concern_of(incident: Incident) -> Concern:
    """Its own, and what its children name besides."""
    return Concern(
        severity=incident.severity,
        system_keys=(*incident.system_keys, *incident.joined_system_keys),
        client_keys=(*incident.client_keys, *incident.joined_client_keys),
        exclude_client_keys=incident.exclude_client_keys,
    )


def acknowledge(recording: Recording, note: str | None = None) -> None:
    """The NOC has it: stops what waits for exactly that, and nothing else."""
    if permit(Command.ACKNOWLEDGE, recording.incident) is None:
        return
    recording.change(acknowledged_at=recording.now, acknowledged_by=recording.actor)
    recording.tell(e.IncidentAcknowledged, f"Acknowledged{said(note)}", note=note)


def resolve(
    recording: Recording,
    view: DirectoryView,
    *,
    message: str | None = None,
    checks: str | None = None,
    resolved_at: datetime | None = None,
    because: str | None = None,
) -> None:
    """``message`` is ``None`` where alerts ended it; ``because`` then says so on the timeline."""
    if permit(Command.RESOLVE, recording.incident) is None:
        return
    moment = resolved_at or recording.now
    recording.change(status=Status.RESOLVED, resolved_at=moment)
    kind = for_clients(recording, Kind.RESOLVED)
    # An end noted long after the fact must not make the closing note late before it can be written.
    noted_at = max(moment, recording.now)
    closures = closures_due(view, recording.clients, noted_at) if kind else {}
    _end_promises(recording)
    recording.move_promises("closure_due", closures)
    recording.tell(
        e.IncidentResolved,
        f"Resolved{said(message or because)}",
        kind=kind,
        shown={"message": message, "checks": checks, "resolved_at": moment},
        message=message,
        checks=checks,
        closure_due=closures,
    )


def reopen(
    recording: Recording, view: DirectoryView, *, message: str | None, by_alert: bool = False
) -> None:
    """It is back. What an alert reopens is nobody's until somebody has it again."""
    if permit(Command.REOPEN, recording.incident) is None:
        return
    was_resolved_at = recording.incident.resolved_at or recording.now
    # Another incident may have become its group's since; an alert that reopens it claims it anew.
    recording.change(status=Status.INVESTIGATING, resolved_at=None, group_key=None, root_key=None)
    if by_alert:
        recording.change(acknowledged_at=None, acknowledged_by=None)
    kind = for_clients(recording, Kind.REOPENED)
    moved = (
        promises_after_message(view, recording.clients, recording.now, restart=True) if kind else {}
    )
    recording.move_promises("closure_due", dict.fromkeys(_keys(recording)))
    recording.move_promises("next_update_due", moved)
    recording.tell(
        e.IncidentReopened,
        f"Reopened{said(message or 'an alert fires again')}",
        kind=kind,
        shown={"message": message},
        message=message,
        reopened_at=recording.now,
        was_resolved_at=was_resolved_at,
        next_update_due=moved,
    )
    if not recording.incident.told and recording.incident.parent_id is None:
        _begin_anew(recording, view)


def _begin_anew(recording: Recording, view: DirectoryView) -> None:
    """Nobody was told before, so its first notice and its confirmation count from now."""
    incident, now = recording.incident, recording.now
    fresh = concerned_clients(view, concern_of(incident), known_at=now, published=False)
    left = {client.client_key for client in recording.clients} - {c.client_key for c in fresh}
    recording.set_audience(fresh, removed=sorted(left))
    after = None if incident.publish_at is None else _confirm_after(incident, view)
    recording.change(
        publish_at=None if after is None else now + after,
        holding_stopped=False,  # what was said of the time before
    )
    recording.tell(
        e.AudienceChanged,
        "What clients are promised counts from now: none of them was told before.",
        audience=recording.audience,
        removed=tuple(sorted(left)),
    )


def _confirm_after(incident: Incident, view: DirectoryView) -> timedelta | None:
    """``None``: by today's rules a person publishes it."""
    start = start_of(
        view.provider.publication, severity=incident.severity, source=incident.source, wished=None
    )
    return start.confirm_after


def cancel(recording: Recording, reason: str) -> None:
    """A false alarm; those who were told hear that all is well, and why."""
    if permit(Command.CANCEL, recording.incident) is None:
        return
    recording.change(status=Status.CANCELLED, resolved_at=recording.now)
    _end_promises(recording)
    recording.tell(
        e.IncidentCancelled,
        f"Cancelled as a false alarm{said(reason)}",
        kind=for_clients(recording, Kind.RESOLVED),
        shown={"reason": reason},
        reason=reason,
    )


def _end_promises(recording: Recording) -> None:
    recording.move_promises("next_update_due", dict.fromkeys(_keys(recording)))


def _keys(recording: Recording) -> list[str]:
    return [client.client_key for client in recording.clients]


def for_clients(recording: Recording, kind: Kind) -> Kind | None:
    """Nobody is told of an internal incident nor where nobody is concerned, and never of one for
    which another speaks."""
    incident = recording.incident
    speaks = incident.told and incident.parent_id is None
    return kind if speaks and recording.clients else None


def said(text: str | None) -> str:
    return f": {text}" if text else "."
