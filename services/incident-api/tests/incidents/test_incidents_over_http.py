"""An outage as its operator lives it, over HTTP, on a real database."""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.integration


@pytest.fixture
async def desk(api: Any, directory_document: Any) -> Any:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return api


async def opened(desk: Any, **fields: Any) -> dict[str, Any]:
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"], **fields}
    answer = await desk.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def post(desk: Any, path: str, body: Any = None) -> Any:
    return await desk.post(f"/v1/incidents/{path}", body, key="operate")


async def kinds(desk: Any) -> list[tuple[str, str | None]]:
    events = await desk.events("tocsin.incidents")
    return [(e["type"].split(".")[2], e["data"].get("kind")) for e in events]


async def test_an_incident_is_answered_as_documented(desk: Any) -> None:
    incident = await opened(desk, impact_level="down", first_steps="Use the phone.")
    assert incident["ref"] == "INC-1001"
    assert set(incident) == {
        *("id", "ref", "sequence", "title", "description", "severity", "status", "visibility"),
        *("routed", "drill", "impact", "impact_level", "system_keys", "first_steps", "eta"),
        *("workaround", "started_at", "known_at", "acknowledged_at", "acknowledged_by"),
        *("resolved_at", "closed_at", "previous_incident_id", "parent_id", "root_cause"),
        *("audience", "alerts", "links"),
    }
    (acme,) = incident["audience"]["clients"]
    assert acme == {
        "client_key": "acme",
        "systems": ["mail-eu"],
        "via": [],
        "plan_key": "gold",
        "first_notice_due": "2026-11-24T08:52:12Z",
        "next_update_due": "2026-11-24T09:20:00Z",
        "closure_due": None,
        "because": "ACME GmbH uses Mail EU",
    }
    by_id = await desk.get(f"/v1/incidents/{incident['id']}", key="read")
    by_ref = await desk.get("/v1/incidents/inc-1001", key="read")
    assert by_id.json() == by_ref.json() == incident
    assert by_id.headers["etag"] == '"1"'


async def test_a_whole_outage(desk: Any) -> None:
    await opened(desk)
    assert (await post(desk, "INC-1001/acknowledge", {"note": "on it"})).status_code == 200
    desk.clock.advance(minutes=20)
    update = {
        "status": "identified",
        "message": "A controller has failed.",
        "eta": "2026-11-24T13:00:00Z",
    }
    answer = await post(desk, "INC-1001/updates", update)
    assert answer.status_code == 201, answer.text
    assert answer.json()["kind"] == "update"
    later = {"message": "Copying is slower.", "eta": "2026-11-24T15:00:00Z"}
    assert (await post(desk, "INC-1001/updates", later)).json()["kind"] == "eta_change"
    desk.clock.advance(hours=5)
    resolved = await post(
        desk, "INC-1001/resolve", {"message": "Mail is back.", "checks": "Restart Outlook."}
    )
    assert resolved.json()["status"] == "resolved"
    closing = {
        "root_cause": "Old firmware.",
        "steps_taken": "Replaced it.",
        "prevention": [{"what": "Check monthly"}],
    }
    closed = await post(desk, "INC-1001/close", closing)
    assert closed.json()["status"] == "closed", closed.text
    assert await kinds(desk) == [
        ("opened", "initial"),
        ("acknowledged", None),
        ("updated", "update"),
        ("updated", "eta_change"),
        ("resolved", "resolved"),
        ("closed", "closure"),
    ]
    events = await desk.events("tocsin.incidents")
    assert [e["sequence"] for e in events] == [1, 2, 3, 4, 5, 6]
    timeline = (await desk.get("/v1/incidents/INC-1001/timeline", key="read")).json()["items"]
    assert [line["type"] for line in timeline] == [
        *("closed", "resolved", "updated", "updated", "acknowledged", "opened"),
    ]
    assert {line["actor"] for line in timeline} == {"key:operate"}


async def test_repeats_change_nothing_and_wrong_states_name_the_right_call(desk: Any) -> None:
    await opened(desk)
    await post(desk, "INC-1001/acknowledge")
    again = await post(desk, "INC-1001/acknowledge")
    assert (again.status_code, again.json()["sequence"]) == (200, 2)
    refused = await post(
        desk, "INC-1001/close", {"root_cause": "x", "steps_taken": "x", "prevention": "x"}
    )
    assert refused.status_code == 409
    assert "POST /v1/incidents/INC-1001/resolve" in refused.json()["detail"]
    await post(desk, "INC-1001/resolve", {"message": "ok"})
    assert (await post(desk, "INC-1001/resolve", {"message": "ok"})).status_code == 200
    assert len(await desk.events("tocsin.incidents")) == 3
    refused = await post(desk, "INC-1001/updates", {"message": "x", "status": "resolved"})
    assert refused.status_code == 409
