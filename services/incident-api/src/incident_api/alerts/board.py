"""What is known when an alert arrives, and what a decision says of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Literal

from tocsin_contracts.words import Severity, Status


class Outcome(StrEnum):
    OPENED = "opened"
    UPDATED = "updated"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ACKNOWLEDGED = "acknowledged"
    SUPPRESSED = "suppressed"
    DEDUPLICATED = "deduplicated"
    IGNORED = "ignored"
    REJECTED = "rejected"


@dataclass(frozen=True)
class Arrival:
    """One alert as it came.

    ``group`` identifies the alerts that may share its incident; ``complete`` is false where the
    tool left alerts of that group out of the payload, which may be firing unseen.
    """

    key: str
    status: Literal["firing", "resolved", "acknowledged"]
    severity: Severity
    starts_at: datetime | None = None
    group: str | None = None
    complete: bool = True


@dataclass
class KnownIncident:
    """``firing`` counts its alerts that still fire; ``is_new``: opened by this payload.

    ``parent_id`` speaks for it; ``open_children`` are those it speaks for. ``alerted``: it had
    alerts of its own, so it resolves by itself. The last two are known where something resolves.
    """

    id: str
    status: Status
    severity: Severity
    firing: int
    resolved_at: datetime | None = None
    acknowledged: bool = False
    is_new: bool = False
    parent_id: str | None = None
    open_children: int = 0
    alerted: bool = False

    @property
    def is_open(self) -> bool:
        return self.status.is_open


@dataclass
class KnownAlert:
    incident_id: str
    firing: bool
    starts_at: datetime | None
    severity: Severity


@dataclass
class Board:
    """Alerts by tool key, incidents by id, and the open incident of each group."""

    alerts: dict[str, KnownAlert] = field(default_factory=dict)
    incidents: dict[str, KnownIncident] = field(default_factory=dict)
    groups: dict[str, str] = field(default_factory=dict)

    def incident_of(self, alert: KnownAlert) -> KnownIncident:
        return self.incidents[alert.incident_id]

    def parent_of(self, incident: KnownIncident) -> KnownIncident | None:
        return self.incidents.get(incident.parent_id or "")


@dataclass(frozen=True)
class Decided:
    """``incident_id`` is the incident the alert belongs to afterwards, if any.

    ``previous_incident_id`` is set where a new incident follows an older one of the same alert.
    """

    outcome: Outcome
    incident_id: str | None
    reason: str
    previous_incident_id: str | None = None
