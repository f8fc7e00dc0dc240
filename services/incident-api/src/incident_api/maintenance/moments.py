"""When a window acts by itself: reminders, its start, and the end that was announced."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.words import MaintenanceStatus

from incident_api.maintenance.during import QUIET_PAST_END
from incident_api.maintenance.model import Window

REMINDER = "maintenance.reminder"
START = "maintenance.start"
OVERRUN = "maintenance.overrun"
ALERTS = "maintenance.alerts"
"""When alerts that were kept quiet and still fire are taken as any others."""

AFTERMATH = timedelta(minutes=2)
"""What comes up again after the work says so within this time, and disturbs nobody."""


@dataclass(frozen=True)
class Moment:
    """``hours_before`` is set for a reminder."""

    kind: str
    at: datetime
    hours_before: float | None = None


def moments_of(window: Window) -> tuple[Moment, ...]:
    """All that are still to come, as the window stands; some may have passed by the clock."""
    if window.status is MaintenanceStatus.SCHEDULED:
        reminders = (
            Moment(REMINDER, reminder_at(window.starts_at, hours), hours)
            for hours in window.remind_hours_before
        )
        return *reminders, Moment(START, window.starts_at)
    if window.status is MaintenanceStatus.IN_PROGRESS:
        overrun = () if window.overrun else (Moment(OVERRUN, window.ends_at),)
        return *overrun, Moment(ALERTS, window.ends_at + QUIET_PAST_END)
    if window.status is MaintenanceStatus.COMPLETED and window.ended_at is not None:
        return (Moment(ALERTS, window.ended_at + AFTERMATH),)
    return ()


def reminder_at(starts_at: datetime, hours_before: float) -> datetime:
    return starts_at - timedelta(hours=hours_before)


def to_arm(before: Window | None, after: Window, now: datetime) -> list[Moment]:
    """Moments that are new. A reminder whose moment has passed is left out: what is told now says
    it. A moment that fell finds, when it comes, a window that knows nothing of it."""
    known = set(moments_of(before)) if before is not None else set()
    new = [moment for moment in moments_of(after) if moment not in known]
    return [moment for moment in new if moment.kind != REMINDER or moment.at > now]


def still_holds(window: Window, moment: Moment) -> bool:
    """Whether the window still has this moment, or was moved or ended since it was armed."""
    return moment in moments_of(window)


def is_last_due(window: Window, hours_before: float, now: datetime) -> bool:
    """Whether this reminder is the latest that is due: after a pause of our own, one is enough."""
    due = [h for h in window.remind_hours_before if reminder_at(window.starts_at, h) <= now]
    return now < window.starts_at and hours_before == min(due, default=hours_before)


def lead_hours(hours: Iterable[float], starts_at: datetime, now: datetime) -> tuple[float, ...]:
    """Those of ``hours`` whose reminder is still to come, the earliest first."""
    return tuple(sorted((h for h in hours if reminder_at(starts_at, h) > now), reverse=True))
