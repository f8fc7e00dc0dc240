"""The facts of a webhook's document: only what the client may know.

No title a tool wrote, no name of who acknowledged, no other client.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tocsin_contracts.incident import IncidentSnapshot, MaintenanceSnapshot
from tocsin_contracts.words import Kind

from dispatcher.rendering.facts import DigestItem
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading


def facts_of(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``incident``, or ``maintenance``, or for a digest ``incidents``."""
    if is_mistaken(notice):
        return {"incident": {"ref": notice.ref}}
    if notice.kind is Kind.HOLDING_NOTICE:
        return {"incident": _unconfirmed(notice.outage, notice.systems)}
    if notice.maintenance is not None:
        return {"maintenance": _window(notice.maintenance.window, notice.systems)}
    if notice.incident is not None:
        return {"incident": _incident(notice.incident, notice.systems, reading)}
    if notice.kind.of_no_outage:
        return {}
    return {"incidents": [_item(item, reading) for item in notice.digest]}


def is_mistaken(notice: Notice) -> bool:
    """It takes back a message that was not for this client, who reads no detail of it."""
    return notice.correction is not None and notice.correction.right is None


def _unconfirmed(incident: IncidentSnapshot, systems: tuple[str, ...]) -> dict[str, Any]:
    """Nobody has checked what else is known."""
    return {
        "id": incident.id,
        "ref": incident.ref,
        "sequence": incident.sequence,
        "systems": list(systems),
        "started_at": written(incident.started_at),
        "drill": incident.drill,
    }


def _item(item: DigestItem, reading: Reading) -> dict[str, Any]:
    return {
        **_incident(item.incident, item.systems, reading),
        "next_update_due": written(item.next_update_due),
    }


def _incident(
    incident: IncidentSnapshot, systems: tuple[str, ...], reading: Reading
) -> dict[str, Any]:
    return {
        "id": incident.id,
        "ref": incident.ref,
        "sequence": incident.sequence,
        "severity": incident.severity.value,
        "severity_words": reading.severity(incident.severity),
        "status": incident.status.value,
        "status_words": reading.status(incident.status),
        "impact": incident.impact,
        "impact_level": incident.impact_level.value if incident.impact_level else None,
        "systems": list(systems),
        "started_at": written(incident.started_at),
        "eta": written(incident.eta),
        "workaround": incident.workaround,
        "resolved_at": written(incident.resolved_at),
        "closed_at": written(incident.closed_at),
        "drill": incident.drill,
    }


def _window(window: MaintenanceSnapshot, systems: tuple[str, ...]) -> dict[str, Any]:
    return {
        "id": window.id,
        "ref": window.ref,
        "sequence": window.sequence,
        "status": window.status.value,
        "overrun": window.overrun,
        "impact": window.impact,
        "impact_level": window.impact_level.value if window.impact_level else None,
        "systems": list(systems),
        "starts_at": written(window.starts_at),
        "ends_at": written(window.ends_at),
        "purpose": window.purpose,
        "preparation": window.preparation,
        "object_by": written(window.object_by),
        "started_at": written(window.started_at),
        "ended_at": written(window.ended_at),
        "outcome": window.outcome.value if window.outcome else None,
    }


def written(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
