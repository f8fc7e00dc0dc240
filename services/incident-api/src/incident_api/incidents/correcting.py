"""What we wrote was wrong: those who got it are told, in the same thread."""

from __future__ import annotations

from dataclasses import replace

from tocsin_contracts.events import IncidentCorrected
from tocsin_contracts.words import Kind

from incident_api.incidents.lifecycle import NotNow, permit, said
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command
from incident_api.incidents.updates import Update
from incident_api.web.problem import invalid


def correct(
    recording: Recording, right: str | None, *, wrong: str | None, action: str | None
) -> Update:
    """Correct the recording's update, also in what can be read of it later. Returns it.

    ``right`` ``None``: it was sent to its readers by mistake. Promises stay: it is no news.
    """
    permit(Command.CORRECT, recording.incident)
    update = _told(recording)
    if right is not None and right == (wrong or update.message):
        raise invalid("/right", "This is what was written already; say what is right instead.")
    recording.tell(
        IncidentCorrected,
        f"Corrected{said(right or 'it was sent by mistake')}",
        kind=Kind.CORRECTION if recording.clients else None,
        shown={"update_id": update.id, "wrong": wrong or update.message, "right": right},
        only_clients=update.client_keys,
        corrects=update.event_id,
        update_id=update.id,
        wrong=wrong or update.message,
        told_at=update.created_at,
        right=right,
        action=action,
    )
    recording.mended = _mended(update, wrong, right)
    return recording.mended


def _told(recording: Recording) -> Update:
    update, ref = recording.update, recording.incident.ref
    if update is None:
        raise LookupError("a correction names its update")
    if update.internal_only or update.kind is None:
        raise NotNow(
            f"No client was told of this update; PATCH /v1/incidents/{ref}/updates/{update.id}"
            " mends it."
        )
    return update


def _mended(update: Update, wrong: str | None, right: str | None) -> Update:
    """As it reads from now on; where ``wrong`` is no part of it, it stays."""
    if right is None:
        return update
    message = right if wrong is None else update.message.replace(wrong, right)
    return replace(update, message=message, revision=update.revision + 1)
