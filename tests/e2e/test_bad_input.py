"""What tools and people get wrong: one clear answer each, and nothing else is delayed or lost."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from tests.e2e.world import World, eventually

pytestmark = pytest.mark.e2e

INCIDENTS = "/v1/incidents"
ALERTS = "/v1/ingest/alertmanager"


@pytest.fixture
def small(world: World) -> World:
    world.system("mail")
    world.plan("basic", channels=["email"])
    world.client("acme", systems=["mail"], plan="basic")
    return world


def problem(answer: httpx.Response, status: int) -> dict[str, Any]:
    """The one shape of every error."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    body: dict[str, Any] = answer.json()
    assert body["type"].startswith("urn:tocsin:problem:")
    assert body["status"] == status
    assert body["detail"]
    return body


@pytest.mark.parametrize(
    ("method", "path", "content", "status"),
    [
        ("POST", "/v1/ingest/no-such-tool", {"json": {}}, 404),
        ("POST", ALERTS, {"content": b"{not json"}, 400),
        ("POST", ALERTS, {"content": b"\xff\xfe\x00"}, 400),
        ("POST", ALERTS, {"json": [1, 2, 3]}, 422),
        ("POST", ALERTS, {"content": b"[" + b"1," * 2_600_000 + b"1]"}, 413),
        ("GET", f"{INCIDENTS}/INC-999999", {}, 404),
        ("POST", f"{INCIDENTS}/no-such-id/resolve", {"json": {"message": "x"}}, 404),
        ("POST", INCIDENTS, {"json": {"title": "x", "severity": "apocalyptic"}}, 422),
        ("POST", INCIDENTS, {"json": {"title": 7, "severity": "sev1", "system_keys": []}}, 422),
        ("PUT", "/v1/directory", {"json": {"clients": "all of them"}}, 422),
        ("PUT", "/v1/directory", {"json": {"no_such_section": []}}, 422),
        ("GET", "/no/such/page", {}, 404),
    ],
)
def test_each_mistake_gets_one_clear_answer(
    small: World, method: str, path: str, content: dict[str, Any], status: int
) -> None:
    if "content" in content:
        content = {**content, "headers": {"Content-Type": "application/json"}}
    problem(small.request("admin", method, path, **content), status)


@pytest.mark.parametrize("header", [{}, {"Authorization": "Bearer tocsin_wrong"}])
def test_no_key_or_a_wrong_one(small: World, header: dict[str, str]) -> None:
    url = f"{small.document()['api_url']}{INCIDENTS}"
    answer = httpx.get(url, headers=header)
    problem(answer, 401)
    assert answer.headers["www-authenticate"].startswith("Bearer")


def test_a_key_for_alerts_reads_nothing(small: World) -> None:
    problem(small.request("ingest", "GET", INCIDENTS), 403)


def test_an_incident_for_a_system_nobody_knows_names_the_place(small: World) -> None:
    body = {"title": "x", "severity": "sev1", "system_keys": ["no-such-system"]}
    found = problem(small.request("operate", "POST", INCIDENTS, json=body), 422)
    assert found["errors"][0]["pointer"] == "/system_keys/0"


def test_an_alert_about_an_unknown_system_is_kept_and_told_to_no_client(small: World) -> None:
    result = small.alert("storage-nobody-knows")
    assert (result["outcome"], result["routed"]) == ("opened", False)
    assert small.incident(result["incident_id"])["audience"]["clients"] == []


def test_a_resolve_for_something_never_opened_is_ignored(small: World) -> None:
    assert small.alert("mail", "Never", status="resolved")["outcome"] == "ignored"


def test_a_stale_etag_is_refused(small: World) -> None:
    number = small.alert("mail")["incident_id"]
    path = f"{INCIDENTS}/{number}"
    seen = small.call("read", "GET", path).headers["etag"]
    small.call("operate", "PATCH", path, json={"workaround": "Use the web mail."})
    stale = small.request(
        "operate", "PATCH", path, json={"impact": "None"}, headers={"If-Match": seen}
    )
    problem(stale, 412)


def test_an_update_after_the_end_says_which_call_is_right(small: World) -> None:
    number = small.alert("mail")["incident_id"]
    small.operate(number, "resolve", {"message": "Back."})
    late = small.request(
        "operate", "POST", f"{INCIDENTS}/{number}/updates", json={"message": "More."}
    )
    assert "reopen" in problem(late, 409)["detail"]


def test_a_group_of_500_alerts_is_taken_whole(small: World) -> None:
    alerts = [small.one_alert("mail", f"Disk {number}") for number in range(500)]
    answer = small.post_alerts(small.alertmanager(alerts))
    assert answer.status_code == 202, answer.text
    assert len(answer.json()["results"]) == 500
    small.inbox("acme")


def test_a_truncated_group_that_says_resolved_leaves_unlisted_alerts_firing(small: World) -> None:
    for name in ("Listed", "Unlisted"):
        opened = small.post_alerts(small.alertmanager([small.one_alert("mail", name)]))
        assert opened.status_code == 202
    small.inbox("acme")
    gone = small.one_alert("mail", "Listed", "resolved")
    small.post_alerts(small.alertmanager([gone], truncated=1))
    answer = small.call(
        "read", "GET", INCIDENTS, params={"status": "open", "system": small.key("mail")}
    )
    assert len(answer.json()["items"]) == 1


HOSTILE = "Ausfall 🔥 עברית\r\nBcc: everybody@victim.example\r\n\r\nX"


def test_a_title_cannot_add_a_header_and_any_script_arrives(small: World) -> None:
    alert = small.one_alert("mail", "Hostile")
    alert["annotations"] = {"summary": HOSTILE, "description": HOSTILE}
    answer = small.post_alerts(small.alertmanager([alert]))
    number = answer.json()["results"][0]["incident_id"]
    small.operate(number, "updates", {"message": "Noch 🔥 und עברית. " + "Lang. " * 1_600})
    mails = small.inbox("acme", 2)
    assert "🔥 und עברית" in mails[1]["text"]
    for mail in mails:
        assert "Bcc" not in mail["headers"]
        assert mail["to"] == [small.address("acme")]
    assert httpx.get(
        f"{small.document()['sandbox_url']}/messages", params={"to": "everybody@victim.example"}
    ).json() == {"items": []}


def test_an_address_that_bounces_is_seen_and_delays_nobody(small: World) -> None:
    small.client("beta", systems=["mail"], plan="basic")
    small.sandbox_fault("email", mode="reject", code=550, to=small.address("acme"))
    number = small.alert("mail")["incident_id"]
    small.inbox("beta")

    def failed() -> bool:
        answer = small.call("read", "GET", f"/v1/incidents/{number}/deliveries").json()
        return any(delivery["state"] == "failed" for delivery in answer["items"])

    eventually(failed, "the bounced delivery to be shown as failed")
    assert small.received("acme") == []


def test_the_same_idempotency_key_opens_one_incident(small: World) -> None:
    body = {"title": "Mail", "severity": "sev2", "system_keys": [small.key("mail")]}
    headers = {"Idempotency-Key": small.word}
    first = small.call("operate", "POST", INCIDENTS, json=body, headers=headers)
    again = small.call("operate", "POST", INCIDENTS, json=body, headers=headers)
    assert first.json()["id"] == again.json()["id"]
    other = small.request(
        "operate", "POST", INCIDENTS, json={**body, "title": "Other"}, headers=headers
    )
    problem(other, 422)
    assert json.loads(first.text) == json.loads(again.text)
