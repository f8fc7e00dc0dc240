"""A written update as this service keeps it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime

from tocsin_contracts.words import Kind, Status


@dataclass(frozen=True)
class Update:
    """``revision`` counts its silent mends; ``event_id`` is ``None`` for a note to the NOC."""

    id: str
    incident_id: str
    sequence: int
    message: str
    occurred_at: datetime
    created_at: datetime
    actor: str
    kind: Kind | None = None
    status: Status | None = None
    progress: str | None = None
    eta: datetime | None = None
    workaround: str | None = None
    watch_until: datetime | None = None
    client_keys: tuple[str, ...] | None = None
    internal_only: bool = False
    next_update_at: datetime | None = None
    event_id: str | None = None
    revision: int = 1
    struck: bool = False
    strike_reason: str | None = None


COLUMNS = tuple(field.name for field in fields(Update))
