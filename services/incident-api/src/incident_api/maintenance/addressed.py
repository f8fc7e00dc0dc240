"""Whom a write speaks to, read from the events it has recorded."""

from __future__ import annotations

from tocsin_contracts.events import MaintenanceEvent
from tocsin_contracts.incident import AudienceClient

from incident_api.maintenance.recording import WindowRecording


def addressed(recording: WindowRecording) -> list[AudienceClient]:
    """Every client that one of the events makes a message for, each once."""
    keys = set[str]().union(*(_keys(event.data) for event in recording.events))
    return [one for one in recording.window.clients if one.client_key in keys]


def _keys(data: object) -> set[str]:
    if not isinstance(data, MaintenanceEvent) or data.kind is None:
        return set()
    if data.only_clients is not None:
        return set(data.only_clients)
    return {client.client_key for client in data.audience.clients}
