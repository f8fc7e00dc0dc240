"""A maintenance window as this service keeps it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import Audience, AudienceClient, MaintenanceSnapshot
from tocsin_contracts.words import (
    AlertsDuring,
    ImpactLevel,
    MaintenanceOutcome,
    MaintenanceStatus,
)


@dataclass(frozen=True)
class Window:
    """One row. ``sequence`` is that of its newest event, ``clients`` its audience.

    ``calendar_sequence`` counts the changes of what stands in its readers' calendars.
    """

    id: str
    ref: str
    sequence: int
    title: str
    status: MaintenanceStatus
    starts_at: datetime
    ends_at: datetime
    created_at: datetime
    system_keys: tuple[str, ...] = ()
    overrun: bool = False
    impact: str | None = None
    impact_level: ImpactLevel | None = None
    purpose: str | None = None
    preparation: str | None = None
    object_by: datetime | None = None
    alerts: AlertsDuring = AlertsDuring.MARK
    remind_hours_before: tuple[float, ...] = ()
    calendar_sequence: int = 0
    started_at: datetime | None = None
    ended_at: datetime | None = None
    outcome: MaintenanceOutcome | None = None
    audience_version: int = 1
    clients: tuple[AudienceClient, ...] = ()

    @property
    def audience(self) -> Audience:
        return Audience(version=self.audience_version, clients=self.clients)

    def having(self, **values: Any) -> Window:
        """The same with ``values``."""
        return Window(**{**vars(self), **values})

    def snapshot(self) -> MaintenanceSnapshot:
        """As events carry it."""
        return MaintenanceSnapshot(**{name: getattr(self, name) for name in _SNAPSHOT})


_SNAPSHOT = tuple(MaintenanceSnapshot.model_fields)
COLUMNS = tuple(field.name for field in fields(Window))
