"""Whom a write speaks to, read from the events it has recorded."""

from __future__ import annotations

from collections.abc import Iterable

from tocsin_contracts.events import AudienceChanged, IncidentEvent
from tocsin_contracts.incident import AudienceClient

from incident_api.incidents.recording import Recording


def addressed(recordings: Iterable[Recording]) -> list[AudienceClient]:
    """Every client that one of the events makes a message for, each once."""
    found: dict[str, AudienceClient] = {}
    for recording in recordings:
        keys = set[str]().union(*(_keys(one.data, recording) for one in recording.events))
        found |= {one.client_key: one for one in recording.clients if one.client_key in keys}
    return list(found.values())


def _keys(data: object, recording: Recording) -> set[str]:
    if not isinstance(data, IncidentEvent) or data.kind is None:
        return set()
    if data.only_clients is not None:
        return set(data.only_clients)
    if isinstance(data, AudienceChanged):
        return set(data.added)
    return {client.client_key for client in recording.clients}
