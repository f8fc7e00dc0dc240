"""The incident as this service keeps it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import ImpactLevel, Severity, Status, Visibility


@dataclass(frozen=True)
class Incident:
    """One row. ``sequence`` is that of its newest event; ``firing`` counts alerts that fire.

    ``group_key`` names the alerts that may share it, ``None`` where a person opened it.
    """

    id: str
    ref: str
    sequence: int
    title: str
    severity: Severity
    status: Status
    visibility: Visibility
    routed: bool
    started_at: datetime
    known_at: datetime
    drill: bool = False
    description: str | None = None
    impact: str | None = None
    impact_level: ImpactLevel | None = None
    system_keys: tuple[str, ...] = ()
    client_keys: tuple[str, ...] = ()
    exclude_client_keys: tuple[str, ...] = ()
    first_steps: str | None = None
    eta: datetime | None = None
    workaround: str | None = None
    acknowledged_at: datetime | None = None
    acknowledged_by: str | None = None
    resolved_at: datetime | None = None
    closed_at: datetime | None = None
    previous_incident_id: str | None = None
    parent_id: str | None = None
    root_cause: str | None = None
    audience_version: int = 1
    group_key: str | None = None
    firing: int = 0

    @property
    def published(self) -> bool:
        return self.visibility is Visibility.PUBLISHED

    def having(self, **values: Any) -> Incident:
        """The same with ``values``. Not ``replace``, which costs a call for each field."""
        changed = object.__new__(Incident)
        vars(changed).update(vars(self), **values)
        return changed

    def snapshot(self) -> IncidentSnapshot:
        """As events carry it."""
        return IncidentSnapshot(**{name: getattr(self, name) for name in _SNAPSHOT})


_SNAPSHOT = tuple(IncidentSnapshot.model_fields)
COLUMNS = tuple(field.name for field in fields(Incident))
