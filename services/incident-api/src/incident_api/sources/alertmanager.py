"""Prometheus Alertmanager's webhook, versions 3 and 4.

Source: prometheus.io/docs/alerting/latest/configuration, "webhook_config". ``fingerprint`` is in
the payload since 0.19, ``truncatedAlerts`` since 0.22. The top-level ``status`` is not used where
an alert has its own: with truncation it says "resolved" while unlisted alerts fire.
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


def parse(payload: Payload) -> Parsed:
    document = payload.json()
    alerts = document.get("alerts") if isinstance(document, dict) else None
    if not isinstance(alerts, list):
        raise UnexpectedPayload("An Alertmanager payload is an object with a list named 'alerts'.")
    return [_alert(alert, place, document) for place, alert in enumerate(alerts)]


def _alert(alert: Any, place: int, document: dict[str, Any]) -> IncomingAlert | Unusable:
    if not isinstance(alert, dict):
        return Unusable(f"alerts/{place} is not an object.")
    labels = _texts(alert.get("labels"))
    key = tool_key(alert.get("fingerprint")) or _hash(labels)
    if key is None:
        return Unusable(f"alerts/{place} has neither a fingerprint nor labels to tell it by.")
    status = _status(alert, document)
    if status is None:
        return Unusable(f"alerts/{place} has a status other than 'firing' or 'resolved'.", key)
    annotations = _texts(alert.get("annotations"))
    return IncomingAlert(
        key=key,
        status=status,
        title=_title(labels, annotations),
        severity=severity_of(labels.get("severity")),
        description=several_lines(annotations.get("description") or annotations.get("message")),
        systems=names(labels.get("system")),
        clients=names(labels.get("client")),
        started_at=moment(alert.get("startsAt")),
        link=link(alert.get("generatorURL")) or link(document.get("externalURL")),
        group=_group(document),
        complete=scalar(document.get("truncatedAlerts")) in ("", "0"),
    )


def _texts(found: Any) -> dict[str, str]:
    """Labels and annotations are maps of text to text; whatever else is there is left out."""
    if not isinstance(found, dict):
        return {}
    return {name: scalar(value) for name, value in found.items() if scalar(value)}


def _status(alert: dict[str, Any], document: dict[str, Any]) -> AlertStatus | None:
    own = scalar(alert.get("status")) or scalar(document.get("status")) or "firing"
    return {"firing": "firing", "resolved": "resolved"}.get(own.lower())  # type: ignore[return-value]


def _title(labels: dict[str, str], annotations: dict[str, str]) -> str:
    said = annotations.get("summary") or labels.get("alertname") or annotations.get("title")
    return one_line(said) or "Alert without a name"


def _hash(labels: dict[str, str]) -> str | None:
    """As Alertmanager itself tells alerts apart: by all their labels."""
    if not labels:
        return None
    joined = "\xff".join(f"{name}\xff{labels[name]}" for name in sorted(labels))
    return hashlib.sha256(joined.encode("utf-8", "replace")).hexdigest()[:16]


def _group(document: dict[str, Any]) -> str | None:
    """``groupKey`` is text in version 4 and a number in version 3; minimal bodies have none."""
    return tool_key(document.get("groupKey")) or _hash(_texts(document.get("groupLabels")))
