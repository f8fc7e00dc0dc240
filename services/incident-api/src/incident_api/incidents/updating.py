"""A person writes what is new."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.events import Before, IncidentUpdated
from tocsin_contracts.incident import IncidentUpdate
from tocsin_contracts.words import Kind
from tocsin_runtime.ids import uuid7

from incident_api.audience.terms import promises_after_message
from incident_api.directory.view import DirectoryView
from incident_api.incidents.kinds import kind_of_change
from incident_api.incidents.lifecycle import NotNow, for_clients, permit
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command
from incident_api.incidents.updates import Update


@dataclass(frozen=True)
class Wording:
    """What was written. ``sets`` holds those of status, eta and workaround that were given.

    ``client_keys`` ``None`` means everyone in the audience.
    """

    message: str
    occurred_at: datetime
    sets: dict[str, Any]
    progress: str | None = None
    watch_until: datetime | None = None
    client_keys: tuple[str, ...] | None = None
    internal_only: bool = False
    next_update_at: datetime | None = None
    notify: bool = True
    no_news: bool = False


def write_update(recording: Recording, wording: Wording, view: DirectoryView) -> Update:
    """Internal notes are taken in any state; what clients read only while it is open."""
    permit(Command.NOTE if wording.internal_only else Command.UPDATE, recording.incident)
    _speaks_for_itself(recording, wording)
    before = recording.incident
    changed = tuple(name for name, to in wording.sets.items() if getattr(before, name) != to)
    recording.change(**{name: wording.sets[name] for name in changed})
    kind = _kind(recording, wording, changed, before.eta)
    moved = _moved(recording, wording, view) if kind is not None else {}
    recording.move_promises("next_update_due", moved)
    update_id = uuid7()
    event_id = recording.tell(
        IncidentUpdated,
        wording.message or "No news.",
        kind=kind,
        shown={"update_id": update_id, "internal_only": wording.internal_only},
        only_clients=wording.client_keys,
        next_update_due=moved,
        update=_told(update_id, wording),
        changed=changed,
        before=Before(**{name: getattr(before, name) for name in changed}),
        no_news=wording.no_news,
    )
    update = _kept(update_id, event_id, recording, wording, kind)
    recording.updates.append(update)
    return update


def _speaks_for_itself(recording: Recording, wording: Wording) -> None:
    """Words for clients would be lost on what another incident speaks for."""
    incident = recording.incident
    if incident.parent_id is None or wording.internal_only or not wording.notify:
        return
    raise NotNow(
        f"{incident.ref} is part of another incident, whose messages speak for it; write the update"
        f" there (GET /v1/incidents/{incident.parent_id}), or send it with notify false."
    )


def _kind(
    recording: Recording, wording: Wording, changed: tuple[str, ...], eta_before: datetime | None
) -> Kind | None:
    """``None``: no client hears of it."""
    silent = wording.internal_only or not wording.notify
    # While it is internal clients know at most that we are checking.
    if silent or not recording.incident.published or for_clients(recording, Kind.UPDATE) is None:
        return None
    if wording.no_news:
        return Kind.NO_NEWS
    told_apart = {*changed, *({"progress"} if wording.progress or wording.watch_until else ())}
    return kind_of_change(told_apart, eta_before=eta_before)


def _moved(recording: Recording, wording: Wording, view: DirectoryView) -> dict[str, datetime]:
    return promises_after_message(
        view,
        recording.clients,
        recording.now,
        only=wording.client_keys,
        override=wording.next_update_at,
    )


def _told(update_id: str, wording: Wording) -> IncidentUpdate:
    return IncidentUpdate(
        id=update_id,
        message=wording.message,
        progress=wording.progress,
        watch_until=wording.watch_until,
        client_keys=wording.client_keys,
        internal_only=wording.internal_only,
        occurred_at=wording.occurred_at,
    )


def _kept(
    update_id: str, event_id: str, recording: Recording, wording: Wording, kind: Kind | None
) -> Update:
    return Update(
        id=update_id,
        incident_id=recording.incident.id,
        sequence=recording.incident.sequence,
        message=wording.message,
        occurred_at=wording.occurred_at,
        created_at=recording.now,
        actor=recording.actor,
        kind=kind,
        status=wording.sets.get("status"),
        progress=wording.progress,
        eta=wording.sets.get("eta"),
        workaround=wording.sets.get("workaround"),
        watch_until=wording.watch_until,
        client_keys=wording.client_keys,
        internal_only=wording.internal_only,
        next_update_at=wording.next_update_at,
        event_id=event_id,
    )
