"""Alerts as Prometheus Alertmanager sends them (webhook version 4), and who is told of them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any


def firing(name: str, *, system: str, severity: str = "critical") -> dict[str, Any]:
    """One group with one alert; another ``name`` is another alert of another group."""
    labels = {"alertname": name, "system": system, "severity": severity}
    alert = {
        "status": "firing",
        "labels": labels,
        "annotations": {"summary": f"{name} on {system}"},
        "startsAt": datetime.now(UTC).isoformat(),
        "endsAt": "0001-01-01T00:00:00Z",
        "generatorURL": "http://prometheus.example/graph",
        "fingerprint": name,
    }
    return {
        "version": "4",
        "groupKey": f'{{}}:{{alertname="{name}"}}',
        "truncatedAlerts": 0,
        "status": "firing",
        "receiver": "tocsin",
        "groupLabels": {"alertname": name},
        "commonLabels": labels,
        "commonAnnotations": alert["annotations"],
        "externalURL": "http://alertmanager.example",
        "alerts": [alert],
    }


def directory(recipients: int) -> dict[str, Any]:
    """One system, used by one client with that many contacts, all told by mail at once.

    Each alert speaks for itself: it is the way of every single one that is measured.
    """
    contacts = [
        {
            "key": f"p{number}",
            "name": f"Person {number}",
            "roles": ["it_lead"],
            "email": f"p{number}@bench.example",
        }
        for number in range(recipients)
    ]
    notify = [{"roles": ["it_lead"], "channels": ["email"]}]
    entry = {"notify": notify, "update_every_minutes": 30, "first_notice_within_minutes": 10}
    return {
        "provider": {
            "name": "Bench",
            "timezone": "Europe/Berlin",
            "noc_email": "noc@provider.example",
            "linking": {"same_root_within_minutes": 0},
        },
        "systems": [{"key": "bench-mail", "name": "Mail"}],
        "clients": [
            {
                "key": "bench",
                "name": "Bench",
                "timezone": "Europe/Berlin",
                "systems": ["bench-mail"],
                "communication_plan": "bench",
                "contacts": contacts,
            }
        ],
        "communication_plans": [{"key": "bench", "severities": {"sev1": entry}}],
    }
