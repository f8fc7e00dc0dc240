"""Alerts on their way in, on a real database: what the tool hears and what comes of it."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration


def webhook(*alerts: dict[str, Any], **top: Any) -> dict[str, Any]:
    return {"version": "4", "groupKey": "{}:{}", "truncatedAlerts": 0, "alerts": alerts, **top}


def alert(name: str = "queue", status: str = "firing", **fields: Any) -> dict[str, Any]:
    return {
        "status": status,
        "labels": {"alertname": name, "severity": "critical", "system": "storage-eu"},
        "annotations": {"summary": "Storage EU has failed"},
        "startsAt": "2026-11-24T08:50:00Z",
        "fingerprint": name,
        **fields,
    }


@pytest.fixture
async def with_directory(api: Any, directory_document: Any) -> Any:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return api


async def test_an_alert_opens_an_incident_and_names_who_is_concerned(with_directory: Any) -> None:
    api = with_directory
    answer = await api.post("/v1/ingest/alertmanager", webhook(alert()), key="ingest")
    assert answer.status_code == 202
    (result,) = answer.json()["results"]
    assert result["outcome"] == "opened"
    assert result["routed"] is True
    (event,) = await api.events("tocsin.incidents")
    assert event["type"] == "tocsin.incident.opened.v1"
    assert event["subject"] == result["incident_id"]
    clients = event["data"]["audience"]["clients"]
    assert [c["client_key"] for c in clients] == ["acme", "birch"]
