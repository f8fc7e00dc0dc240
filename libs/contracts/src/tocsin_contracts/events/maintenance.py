"""Planned work, from its announcement to its end; on ``tocsin.incidents``, keyed by window."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import Audience, MaintenanceSnapshot
from tocsin_contracts.model import Moment, Slug
from tocsin_contracts.words import Kind


class MaintenanceEvent(EventData):
    """What every event of a window carries; ``kind`` and ``only_clients`` as with incidents."""

    event_type: ClassVar[str] = ""

    window: MaintenanceSnapshot
    audience: Audience
    actor: str
    kind: Kind | None = None
    only_clients: tuple[Slug, ...] | None = None


class MaintenanceAnnounced(MaintenanceEvent):
    event_type = "tocsin.maintenance.announced.v1"


class MaintenanceRescheduled(MaintenanceEvent):
    """``starts_before`` and ``ends_before`` are the times that fell."""

    event_type = "tocsin.maintenance.rescheduled.v1"
    starts_before: Moment
    ends_before: Moment
    reason: str | None = None


class MaintenanceCancelled(MaintenanceEvent):
    event_type = "tocsin.maintenance.cancelled.v1"
    reason: str | None = None


class MaintenanceReminderDue(MaintenanceEvent):
    event_type = "tocsin.maintenance.reminder_due.v1"
    hours_before: float


class MaintenanceStarted(MaintenanceEvent):
    event_type = "tocsin.maintenance.started.v1"


class MaintenanceOverrun(MaintenanceEvent):
    """Not finished at the announced end; ``expected_end`` is the new one where it is known."""

    event_type = "tocsin.maintenance.overrun.v1"
    ends_before: Moment
    expected_end: Moment | None = None
    reason: str | None = None


class MaintenanceEnded(MaintenanceEvent):
    event_type = "tocsin.maintenance.ended.v1"
    message: str | None = None
