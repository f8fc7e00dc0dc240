"""The holding notice: nobody has published in time, so clients hear that we are checking."""

from __future__ import annotations

from tocsin_contracts.events import Before, HoldingNoticeIssued, IncidentChanged
from tocsin_contracts.words import Kind

from incident_api.audience.terms import promises_after_holding_notice
from incident_api.directory.view import DirectoryView
from incident_api.incidents.lifecycle import NotNow, audience_of_today, permit, said
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command


def issue(
    recording: Recording, view: DirectoryView, *, by_hand: bool = False, reason: str | None = None
) -> None:
    """Tell the audience as it is today; a second time nothing happens. The incident stays internal.

    Raises :class:`~incident_api.incidents.lifecycle.NotNow` where there is nobody to tell.
    """
    incident = recording.incident
    if permit(Command.HOLDING_NOTICE, incident) is None or incident.holding_notice_at is not None:
        return
    if incident.parent_id is not None:
        raise NotNow(f"{incident.ref} is part of another incident, whose messages speak for it.")
    audience_of_today(recording, view)
    if not recording.clients:
        raise NotNow(f"{incident.ref} concerns no client; PATCH its system_keys or client_keys.")
    recording.change(holding_notice_at=recording.now)
    moved = promises_after_holding_notice(view, recording.clients, recording.now)
    recording.move_promises("next_update_due", moved)
    recording.tell(
        HoldingNoticeIssued,
        _sentence(by_hand, reason),
        kind=Kind.HOLDING_NOTICE,
        audience=recording.audience,
        next_update_due=moved,
        by_hand=by_hand,
    )


def send(recording: Recording, view: DirectoryView, reason: str | None) -> None:
    """A person does not wait for its moment."""
    incident = recording.incident
    if incident.published:
        raise NotNow(
            f"{incident.ref} is published, so its clients know more than a holding notice says;"
            f" write to them with POST /v1/incidents/{incident.ref}/updates."
        )
    issue(recording, view, by_hand=True, reason=reason)


def stop(recording: Recording, reason: str | None) -> None:
    """No holding notice goes out by itself; publishing stays possible. Again: nothing happens."""
    incident = recording.incident
    if incident.holding_notice_at is not None:
        raise NotNow(
            f"The holding notice of {incident.ref} went out at {incident.holding_notice_at:%H:%M}"
            f" UTC; POST /v1/incidents/{incident.ref}/publish, /resolve or /cancel tells more."
        )
    if permit(Command.HOLDING_NOTICE, incident) is None or incident.holding_stopped:
        return
    recording.change(holding_stopped=True)
    recording.tell(
        IncidentChanged,
        f"No holding notice goes out by itself{said(reason)}",
        changed=("holding_notice",),
        before=Before(),
    )


def _sentence(by_hand: bool, reason: str | None) -> str:
    if by_hand:
        return f"Clients are told that we are checking{said(reason)}"
    return "Nobody has published it in time, so clients are told that we are checking."
