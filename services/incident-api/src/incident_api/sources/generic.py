"""Our own plain format, for scripts and tools that can send any JSON: one object or a list.

``{"dedup_key", "status": "firing" | "resolved" | "acknowledged", "title", "description"?,
"severity"?, "system"?, "client"?, "started_at"?, "link"?}``; ``system`` and ``client`` are one
key, several separated by commas, or a list. Read leniently: usual other names are understood.
"""

from __future__ import annotations

import hashlib
from typing import Any

from incident_api.sources.model import (
    AlertStatus,
    IncomingAlert,
    Parsed,
    Payload,
    UnexpectedPayload,
    Unusable,
)
from incident_api.sources.severity import severity_of
from incident_api.sources.text import link, moment, names, one_line, scalar, several_lines, tool_key

_STATUSES: dict[str, AlertStatus] = {
    **dict.fromkeys(
        ("firing", "open", "opened", "triggered", "trigger", "alerting", "problem", "down"),
        "firing",
    ),
    **dict.fromkeys(
        ("resolved", "resolve", "ok", "up", "closed", "close", "cleared", "recovered", "recovery"),
        "resolved",
    ),
    **dict.fromkeys(("acknowledged", "acknowledge", "ack", "acked"), "acknowledged"),
}


def parse(payload: Payload) -> Parsed:
    document = payload.json()
    if isinstance(document, dict) and isinstance(document.get("alerts"), list):
        document = document["alerts"]
    if isinstance(document, dict):
        document = [document]
    if not isinstance(document, list):
        raise UnexpectedPayload("A generic payload is a JSON object, or a list of such objects.")
    return [_alert(alert, place) for place, alert in enumerate(document)]


def _alert(alert: Any, place: int) -> IncomingAlert | Unusable:
    if not isinstance(alert, dict):
        return Unusable(f"Entry {place} is not an object.")
    title = one_line(_first(alert, "title", "summary", "name", "message"))
    systems = names(_first(alert, "system", "systems", "system_keys"))
    key = tool_key(_first(alert, "dedup_key", "key", "alias", "id")) or _made_key(title, systems)
    if key is None:
        return Unusable(f"Entry {place} has neither a 'dedup_key' nor a 'title' to tell it by.")
    status = _STATUSES.get(scalar(alert.get("status") or "firing").strip().lower())
    if status is None:
        return Unusable(
            f"Entry {place} has the status {one_line(alert['status'], 40)!r}; "
            "send 'firing', 'resolved' or 'acknowledged'.",
            key,
        )
    return IncomingAlert(
        key=key,
        status=status,
        title=title or f"Alert {key}"[:300],
        severity=severity_of(_first(alert, "severity", "priority")),
        description=several_lines(_first(alert, "description", "details")),
        systems=systems,
        clients=names(_first(alert, "client", "clients", "client_keys")),
        started_at=moment(_first(alert, "started_at", "starts_at", "startsAt", "timestamp")),
        link=link(_first(alert, "link", "url")),
    )


def _first(alert: dict[str, Any], *fields: str) -> Any:
    """The first of ``fields`` that says something."""
    return next((alert[name] for name in fields if alert.get(name) not in (None, "", [])), None)


def _made_key(title: str, systems: tuple[str, ...]) -> str | None:
    """Without a key of the tool's, the same title about the same systems is the same alert."""
    if not title:
        return None
    joined = "\xff".join((title, *sorted(systems)))
    return hashlib.sha256(joined.encode()).hexdigest()[:16]
