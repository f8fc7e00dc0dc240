"""What machines read of planned work: the properties of "Maintenance Notification", a current
practice of network operators that their clients' systems parse.

Source: https://github.com/jda/maintnote-std/blob/master/standard.md, 3.6.
"""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import ImpactLevel, MaintenanceStatus

STATUS = {
    MaintenanceStatus.SCHEDULED: "CONFIRMED",
    MaintenanceStatus.IN_PROGRESS: "IN-PROCESS",
    MaintenanceStatus.COMPLETED: "COMPLETED",
    MaintenanceStatus.CANCELLED: "CANCELLED",
}
IMPACT = {
    ImpactLevel.DEGRADED: "DEGRADED",
    ImpactLevel.PARTIAL: "DEGRADED",
    ImpactLevel.DOWN: "OUTAGE",
}
UNKNOWN_IMPACT = "OUTAGE"
"""The standard's own default: who plans for less is surprised."""


def maintnote(
    window: MaintenanceSnapshot, *, provider: str, account: str, objects: Sequence[str]
) -> tuple[tuple[str, str], ...]:
    """``provider`` is a name that no other has, such as a domain; ``objects`` are keys of what the
    client uses; one must be named, so without any the window itself stands in."""
    level = window.impact_level
    return (
        ("X-MAINTNOTE-PROVIDER", provider),
        ("X-MAINTNOTE-ACCOUNT", account),
        ("X-MAINTNOTE-MAINTENANCE-ID", window.ref),
        *(("X-MAINTNOTE-OBJECT-ID", key) for key in objects or (window.ref,)),
        ("X-MAINTNOTE-IMPACT", IMPACT[level] if level else UNKNOWN_IMPACT),
        ("X-MAINTNOTE-STATUS", STATUS[window.status]),
    )
