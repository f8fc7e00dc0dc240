"""Windows as they are answered."""

from __future__ import annotations

from typing import Any

from incident_api.maintenance.model import Window
from incident_api.web.shown import plain

FIELDS = (
    *("id", "ref", "sequence", "title", "status", "overrun", "system_keys", "starts_at"),
    *("ends_at", "impact", "impact_level", "purpose", "preparation", "object_by", "alerts"),
    *("remind_hours_before", "created_at", "started_at", "ended_at", "outcome"),
)
_CLIENT_FIELDS = ("client_key", "systems", "via", "plan_key", "because")


def window_shown(window: Window, *, public_url: str) -> dict[str, Any]:
    shown = {name: plain(getattr(window, name)) for name in FIELDS}
    shown["audience"] = {
        "version": window.audience_version,
        "clients": [
            {name: plain(getattr(client, name)) for name in _CLIENT_FIELDS}
            for client in window.clients
        ],
    }
    shown["links"] = {"console": f"{public_url}/console/maintenance/{window.ref}"}
    return shown
