"""Fields of an incident are changed without a written update."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

from tocsin_contracts.events import AudienceChanged, Before, IncidentChanged
from tocsin_contracts.words import Kind

from incident_api.audience.changes import Revised, revise
from incident_api.audience.rules import concerned_clients, is_routed
from incident_api.audience.terms import promises_after_holding_notice, promises_after_message
from incident_api.directory.view import DirectoryView
from incident_api.incidents.kinds import kind_of_change
from incident_api.incidents.lifecycle import concern_of, for_clients, permit
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import Command

WHO = frozenset({"system_keys", "client_keys", "exclude_client_keys"})
"""They say whom it concerns; the message they make is decided per client."""

DECIDES_AUDIENCE = WHO | {"severity"}

UNREAD = frozenset({"title"})
"""Our own name for it, which no text to a client carries: changed alone, it is not news."""

_Message: TypeAlias = tuple[Kind | None, tuple[str, ...] | None]
"""Which message, and for whom (``None``: everyone in the audience)."""


def change_fields(
    recording: Recording, wanted: Mapping[str, Any], view: DirectoryView, *, notify: bool
) -> None:
    """Set what differs. With ``notify`` and a published, open incident, clients hear of it."""
    move = permit(Command.CHANGE, recording.incident)
    before = recording.incident
    changed = tuple(name for name in wanted if getattr(before, name) != wanted[name])
    if not changed or move is None:
        return
    recording.change(**{name: wanted[name] for name in changed})
    told_before = [client.client_key for client in recording.clients]
    decides_anew = before.status.is_open and DECIDES_AUDIENCE & set(changed)
    revised = _revise(recording, view) if decides_anew else None
    message: _Message = (None, None)
    speaks = before.published and before.parent_id is None
    if notify and speaks and not move.silent:
        message = _message(recording, changed, told_before, revised, before.eta)
    kind, only = message
    recording.tell(
        IncidentChanged,
        _sentence(changed, recording),
        kind=kind,
        shown={name: getattr(recording.incident, name) for name in changed if name not in WHO},
        only_clients=only,
        next_update_due=_move_promises(recording, view, message, changed),
        changed=changed,
        before=Before(**{n: getattr(before, n) for n in changed if n in Before.model_fields}),
    )


def widen(recording: Recording, view: DirectoryView) -> None:
    """Another incident became part of it: who is new gets the first message, and whose own systems
    are more than they were an update."""
    told_before = [client.client_key for client in recording.clients]
    affected = [key for key in _revise(recording, view).affected if key in told_before]
    if not affected or not recording.incident.published:
        return
    message = (for_clients(recording, Kind.UPDATE), tuple(affected))
    recording.tell(
        IncidentChanged,
        "More of what clients use is affected.",
        kind=message[0],
        only_clients=message[1],
        next_update_due=_move_promises(recording, view, message, ()),
        changed=("system_keys",),
        before=Before(),
    )


def _move_promises(
    recording: Recording, view: DirectoryView, message: _Message, changed: tuple[str, ...]
) -> dict[str, datetime]:
    """Another severity has another cadence, which begins now."""
    kind, only = message
    if kind is None:
        return {}
    restart = "severity" in changed
    moved = promises_after_message(
        view, recording.clients, recording.now, only=only, restart=restart
    )
    recording.move_promises("next_update_due", moved)
    return moved


def _revise(recording: Recording, view: DirectoryView) -> Revised:
    """Who is concerned now; those who are new get the first message with this event."""
    incident = recording.incident
    concern = concern_of(incident)
    recording.change(routed=is_routed(view, concern))
    since = recording.now if incident.told else incident.known_at
    fresh = concerned_clients(view, concern, known_at=since, published=incident.published)
    revised = revise(
        recording.clients,
        fresh,
        excluded=incident.exclude_client_keys,
        published=incident.told,
    )
    if revised.changed:
        recording.set_audience(revised.clients, removed=revised.removed)
        _tell_newcomers(recording, revised, view)
    return revised


def _tell_newcomers(recording: Recording, revised: Revised, view: DirectoryView) -> None:
    """They hear what the others heard first: of the outage, or only that we are checking."""
    published = recording.incident.published
    first = Kind.INITIAL if published else Kind.HOLDING_NOTICE
    kind = for_clients(recording, first) if revised.added else None
    moved: dict[str, datetime] = {}
    if kind is Kind.HOLDING_NOTICE:
        added = [client for client in recording.clients if client.client_key in revised.added]
        moved = promises_after_holding_notice(view, added, recording.now)
        recording.move_promises("next_update_due", moved)
    recording.tell(
        AudienceChanged,
        _audience_sentence(revised),
        kind=kind,
        only_clients=revised.added if kind else None,
        next_update_due=moved,
        audience=recording.audience,
        added=revised.added,
        removed=revised.removed,
    )


def _message(
    recording: Recording,
    changed: tuple[str, ...],
    told_before: list[str],
    revised: Revised | None,
    eta_before: datetime | None,
) -> _Message:
    """Which message those told before get, and which of them (``None``: everyone)."""
    read = set(changed) - UNREAD
    if not read:
        return None, None
    kind = kind_of_change(read, eta_before=eta_before)
    if read <= WHO:
        affected = revised.affected if revised else ()
        return (kind, affected) if affected else (None, None)
    still = {client.client_key for client in recording.clients}
    only = tuple(key for key in told_before if key in still)
    if not only:
        return None, None
    return kind, None if len(only) == len(still) else only


def _sentence(changed: tuple[str, ...], recording: Recording) -> str:
    names = [name.replace("_", " ") for name in changed]
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    to_severity = f" Now {recording.incident.severity}." if "severity" in changed else ""
    return f"Changed: {listed}.{to_severity}"


def _audience_sentence(revised: Revised) -> str:
    parts = []
    if revised.added:
        parts.append(f"Now concerned too: {', '.join(revised.added)}.")
    if revised.removed:
        parts.append(f"No longer told: {', '.join(revised.removed)}.")
    return " ".join(parts) or "What clients are told of, or what they are promised, has changed."
