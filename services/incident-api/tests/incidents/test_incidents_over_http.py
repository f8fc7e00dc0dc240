"""An outage as its operator lives it, over HTTP, on a real database."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

pytestmark = pytest.mark.integration

CLOSING = {
    "root_cause": "Old firmware.",
    "steps_taken": "Replaced it.",
    "prevention": [{"what": "Check firmware monthly", "who": "Storage team", "due": "1 December"}],
}


async def test_an_incident_is_answered_as_documented(desk: Any) -> None:
    incident = await desk.opens(impact_level="down", first_steps="Use the phone.")
    assert incident["ref"] == "INC-1001"
    assert set(incident) == {
        *("id", "ref", "sequence", "title", "description", "severity", "status", "visibility"),
        *("routed", "drill", "impact", "impact_level", "system_keys", "first_steps", "eta"),
        *("workaround", "started_at", "known_at", "acknowledged_at", "acknowledged_by"),
        *("resolved_at", "closed_at", "previous_incident_id", "parent_id", "root_cause"),
        *("publish_at", "holding_due_at", "holding_notice_at"),
        *("audience", "alerts", "links", "children"),
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
    assert incident["links"] == {"console": "http://tocsin.test/console/incidents/INC-1001"}
    assert await desk.reads(f"/{incident['id']}") == await desk.reads("/inc-1001") == incident


async def test_a_whole_outage(desk: Any) -> None:
    await desk.opens()
    assert (await desk.posts("INC-1001/acknowledge", {"note": "on it"})).status_code == 200
    desk.clock.advance(minutes=20)
    first = {"status": "identified", "message": "Found.", "eta": "2026-11-24T13:00:00Z"}
    assert (await desk.posts("INC-1001/updates", first)).json()["kind"] == "update"
    later = {"message": "Copying is slower.", "eta": "2026-11-24T15:00:00Z"}
    assert (await desk.posts("INC-1001/updates", later)).json()["kind"] == "eta_change"
    phone = {"message": "A way to work meanwhile.", "workaround": "Use the web mail."}
    assert (await desk.posts("INC-1001/updates", phone)).json()["kind"] == "workaround"
    desk.clock.advance(hours=5)
    resolved = await desk.posts("INC-1001/resolve", {"message": "Mail is back."})
    assert resolved.json()["status"] == "resolved"
    closed = await desk.posts("INC-1001/close", CLOSING)
    assert (closed.json()["status"], closed.json()["root_cause"]) == ("closed", "Old firmware.")
    line = (await desk.reads("/INC-1001/timeline"))["items"][0]
    assert line["data"] == line["data"] | CLOSING
    assert await desk.told() == [
        ("opened", "initial"),
        ("acknowledged", None),
        ("updated", "update"),
        ("updated", "eta_change"),
        ("updated", "workaround"),
        ("resolved", "resolved"),
        ("closed", "closure"),
    ]
    assert [e["sequence"] for e in await desk.events()] == [1, 2, 3, 4, 5, 6, 7]
    lines = (await desk.reads("/INC-1001/timeline"))["items"]
    assert [line["type"] for line in lines] == [
        *("closed", "resolved", "updated", "updated", "updated", "acknowledged", "opened"),
    ]
    assert {line["actor"] for line in lines} == {"key:operate"}


async def test_the_eta_change_carries_the_old_time_and_the_next_promise(desk: Any) -> None:
    await desk.opens(eta="2026-11-24T13:00:00Z")
    desk.clock.advance(minutes=25)
    later = {"message": "Slower.", "eta": "2026-11-24T15:00:00Z"}
    await desk.posts("INC-1001/updates", later)
    data = (await desk.events())[-1]["data"]
    assert data["changed"] == ["eta"]
    assert data["before"]["eta"] == "2026-11-24T13:00:00Z"
    assert data["next_update_due"] == {"acme": "2026-11-24T09:50:00Z"}
    (acme,) = (await desk.reads("/INC-1001"))["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T09:50:00Z"


async def test_repeats_change_nothing(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/acknowledge")
    again = await desk.posts("INC-1001/acknowledge")
    assert (again.status_code, again.json()["sequence"]) == (200, 2)
    await desk.posts("INC-1001/resolve", {"message": "ok"})
    again = await desk.posts("INC-1001/resolve", {"message": "ok"})
    assert (again.status_code, again.json()["sequence"]) == (200, 3)
    assert len(await desk.events()) == 3


async def test_a_wrong_state_names_the_right_call(desk: Any) -> None:
    await desk.opens()
    refused = await desk.posts("INC-1001/close", CLOSING)
    assert refused.status_code == 409
    assert "POST /v1/incidents/INC-1001/resolve" in refused.json()["detail"]
    refused = await desk.posts("INC-1001/updates", {"message": "x", "status": "resolved"})
    assert refused.status_code == 409
    assert "POST /v1/incidents/INC-1001/resolve" in refused.json()["detail"]
    assert (await desk.posts("INC-1001/reopen", {"message": "x"})).status_code == 409
    assert len(await desk.events()) == 1


async def test_a_false_alarm_is_called_off_with_its_reason(desk: Any) -> None:
    await desk.opens()
    cancelled = await desk.posts("INC-1001/cancel", {"reason": "A probe was broken."})
    assert cancelled.json()["status"] == "cancelled"
    assert (await desk.events())[-1]["data"]["reason"] == "A probe was broken."
    assert await desk.told() == [("opened", "initial"), ("cancelled", "resolved")]


async def test_reopening_promises_anew_and_drops_the_closing_note(desk: Any) -> None:
    await desk.opens()
    await desk.posts("INC-1001/resolve", {"message": "ok"})
    desk.clock.advance(minutes=40)
    reopened = (await desk.posts("INC-1001/reopen", {"message": "It is back."})).json()
    assert reopened["status"] == "investigating"
    assert reopened["resolved_at"] is None
    (acme,) = reopened["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T10:00:00Z"
    assert acme["closure_due"] is None


async def test_an_internal_incident_is_told_when_it_is_published(desk: Any) -> None:
    incident = await desk.opens(visibility="internal")
    (acme,) = incident["audience"]["clients"]
    assert acme["next_update_due"] is None
    await desk.posts("INC-1001/updates", {"message": "Looks bad."})
    desk.clock.advance(minutes=50)
    published = (await desk.posts("INC-1001/publish")).json()
    assert published["visibility"] == "published"
    (acme,) = published["audience"]["clients"]
    assert acme["next_update_due"] == "2026-11-24T09:50:00Z"
    assert (await desk.posts("INC-1001/publish")).json()["sequence"] == published["sequence"]
    assert await desk.told() == [("opened", None), ("updated", None), ("published", "initial")]


async def test_two_operators_do_not_overwrite_each_other(desk: Any) -> None:
    await desk.opens()
    first = await desk.patches("INC-1001", {"title": "One"}, If_Match='"1"')
    second = await desk.patches("INC-1001", {"title": "Two"}, If_Match='"1"')
    assert (first.status_code, second.status_code) == (200, 412)
    assert first.headers["etag"] == '"2"'


async def test_the_same_post_sent_fifty_times_opens_one_incident(desk: Any) -> None:
    body = {"title": "Mail", "severity": "sev1", "system_keys": ["mail-eu"]}
    answers = await asyncio.gather(
        *[
            desk.api.post("/v1/incidents", body, key="operate", Idempotency_Key="k")
            for _ in range(50)
        ]
    )
    assert {a.status_code for a in answers} <= {201, 409}
    assert len({a.json()["id"] for a in answers if a.status_code == 201}) == 1
    assert len(await desk.events()) == 1


async def test_a_dedup_key_means_the_incident_that_is_open_under_it(desk: Any) -> None:
    first = await desk.opens(dedup_key="backup")
    again = await desk.opens(dedup_key="backup", title="Other words")
    assert again["id"] == first["id"]
    assert again["title"] == "Mail EU is down"
    await desk.posts("INC-1001/resolve", {"message": "ok"})
    later = await desk.opens(dedup_key="backup")
    assert later["previous_incident_id"] == first["id"]


async def test_unknown_systems_and_clients_are_named_with_their_place(desk: Any) -> None:
    body = {
        "title": "x",
        "severity": "sev1",
        "system_keys": ["mail-eu", "fax"],
        "client_keys": ["nobody"],
    }
    answer = await desk.api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 422
    pointers = [e["pointer"] for e in answer.json()["errors"]]
    assert pointers == ["/system_keys/1", "/client_keys/0"]
    assert await desk.events() == []


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"severity": "sev9"}, "/severity"),
        ({"title": " \r\n "}, "/title"),
        ({"title": "x" * 301}, "/title"),
        ({"started_at": "2026-11-24T08:00:00"}, "/started_at"),
        ({"started_at": "2026-11-25T08:00:00Z"}, "/started_at"),
        ({"colour": "red"}, "/colour"),
        ({"hold_seconds": -1}, "/hold_seconds"),
        ({"hold_seconds": 3601}, "/hold_seconds"),
        ({"description": "a\u0000b"}, "/description"),
    ],
)
async def test_what_is_wrong_is_said_with_its_place(desk: Any, change: Any, pointer: str) -> None:
    body = {"title": "x", "severity": "sev1", "system_keys": ["mail-eu"], **change}
    answer = await desk.api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 422, answer.text
    assert answer.json()["errors"][0]["pointer"] == pointer


async def test_a_line_break_in_a_title_becomes_a_space(desk: Any) -> None:
    incident = await desk.opens(title="Mail down\r\nBcc: all@example.com")
    assert incident["title"] == "Mail down Bcc: all@example.com"


async def test_an_unknown_incident_is_not_found(desk: Any) -> None:
    assert (await desk.posts("INC-9/acknowledge")).status_code == 404
    assert (await desk.api.get("/v1/incidents/INC-9/timeline", key="read")).status_code == 404


async def test_a_reader_may_not_operate(desk: Any) -> None:
    await desk.opens()
    answer = await desk.api.post("/v1/incidents/INC-1001/acknowledge", key="read")
    assert answer.status_code == 403
