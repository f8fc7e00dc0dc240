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

    ``source`` is the format of the alert that opened it, ``api`` where a person did. ``group_key``
    names the alerts that may share it; ``root_key`` the systems that failed first, held by the one
    open incident whose later ones become children (see ``linking.py``). ``joined_…`` are what its
    children name beyond its own. ``silent_no_news`` counts the last "no news" without words.
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
    source: str = "api"
    publish_at: datetime | None = None
    """When it publishes itself; ``None``: only a person does."""
    holding_due_at: datetime | None = None
    """When clients hear that we are checking, unless it is published before."""
    holding_notice_at: datetime | None = None
    holding_stopped: bool = False
    silent_no_news: int = 0
    root_key: str | None = None
    joined_system_keys: tuple[str, ...] = ()
    joined_client_keys: tuple[str, ...] = ()

    @property
    def published(self) -> bool:
        return self.visibility is Visibility.PUBLISHED

    @property
    def told(self) -> bool:
        """Clients have heard of it, be it only that we are checking."""
        return self.published or self.holding_notice_at is not None

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
