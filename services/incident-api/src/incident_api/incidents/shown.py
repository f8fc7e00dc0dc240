"""Incidents and updates as they are answered."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from tocsin_contracts.incident import AudienceClient

from incident_api.alerts.store import Alert
from incident_api.incidents.model import Incident
from incident_api.incidents.updates import Update
from incident_api.web.shown import plain

FIELDS = (
    *("id", "ref", "sequence", "title", "description", "severity", "status", "visibility"),
    *("routed", "drill", "impact", "impact_level", "system_keys", "first_steps", "eta"),
    *("workaround", "started_at", "known_at", "acknowledged_at", "acknowledged_by"),
    *("resolved_at", "closed_at", "previous_incident_id", "parent_id", "root_cause"),
    *("publish_at", "holding_due_at", "holding_notice_at"),
)
_CLIENT_FIELDS = (
    *("client_key", "systems", "via", "plan_key", "first_notice_due", "next_update_due"),
    *("closure_due", "because"),
)
_UPDATE_FIELDS = (
    *("id", "incident_id", "sequence", "kind", "status", "message", "progress", "eta"),
    *("workaround", "watch_until", "next_update_at", "occurred_at", "created_at", "actor"),
    *("struck", "strike_reason"),
)


def incident_shown(
    incident: Incident,
    clients: Iterable[AudienceClient],
    alerts: Iterable[Alert],
    *,
    public_url: str,
) -> dict[str, Any]:
    shown = {name: plain(getattr(incident, name)) for name in FIELDS}
    shown["audience"] = {
        "version": incident.audience_version,
        "clients": [
            {name: plain(getattr(client, name)) for name in _CLIENT_FIELDS} for client in clients
        ],
    }
    shown["alerts"] = [_alert(alert) for alert in alerts]
    shown["links"] = {"console": f"{public_url}/console/incidents/{incident.ref}"}
    return shown


def _alert(alert: Alert) -> dict[str, Any]:
    return {
        "integration": alert.integration,
        "dedup_key": alert.dedup_key,
        "status": "firing" if alert.firing else "resolved",
        "starts_at": plain(alert.starts_at),
    }


def update_shown(update: Update) -> dict[str, Any]:
    shown = {name: plain(getattr(update, name)) for name in _UPDATE_FIELDS}
    shown["audience"] = {
        "client_keys": plain(update.client_keys),
        "internal_only": update.internal_only,
    }
    return shown
