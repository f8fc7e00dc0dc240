"""A first notice to ACME waits for Ann's yes, and what can be said to that."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
import pytest_asyncio
from incident_api.attention import store as attention
from incident_api.intake.handlers import handle
from incident_api.testing import Api
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.words import Channel, Kind, OnNoAnswer
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

TEXT = "Mail EU has been unavailable to ACME since 09:52 CET. <script>alert(1)</script>"
SHA = "5" * 64


class Story:
    """One incident; the dispatcher asks, people answer."""

    def __init__(self, api: Api, incident: dict[str, Any]) -> None:
        self.api = api
        self.incident = incident
        self.id = str(incident["id"])

    async def hears(self, *said: EventData) -> None:
        now = self.api.clock.now()
        events = [new_event(one, source="dispatcher", subject=self.id, now=now) for one in said]
        async with self.api.database.transaction() as conn:
            await handle(conn, events)

    def asked(self, approval_id: str = "approval-1", **given: Any) -> e.ApprovalRequested:
        values: dict[str, Any] = {
            "incident_id": self.id,
            "approval_id": approval_id,
            "client_key": "acme",
            "kind": Kind.INITIAL,
            "cause_id": "event-1",
            "subject": "Mail EU: disruption on 24 November [INC-1001]",
            "body": TEXT,
            "content_sha256": SHA,
            "people": 2,
            "channels": (Channel.EMAIL, Channel.SMS),
            "approver": "ann",
            "approver_name": "Ann Weiss",
            "decide_by": self.api.clock.now() + timedelta(minutes=7),
            "on_no_answer": OnNoAnswer.HOLDING_NOTICE,
        }
        return e.ApprovalRequested(**{**values, **given})

    def ended(self, outcome: str, *, sent: bool) -> e.ApprovalEnded:
        return e.ApprovalEnded(
            incident_id=self.id,
            approval_id="approval-1",
            outcome=outcome,
            sent=sent,
            at=self.api.clock.now(),
        )

    async def decides(self, decision: str, sha: str = SHA, **more: str) -> Any:
        body = {"decision": decision, "content_sha256": sha, **more}
        return await self.api.post("/v1/approvals/approval-1/decide", body, key="operate")

    async def approval(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.api.get("/v1/approvals/approval-1", key="read")).json()
        return found

    async def answers(self) -> list[dict[str, Any]]:
        return [
            event["data"]
            for event in await self.api.events("tocsin.incidents")
            if event["type"] == "tocsin.incident.approval_decided.v1"
        ]

    async def lines(self) -> list[str]:
        answer = await self.api.get(f"/v1/incidents/{self.id}/timeline", key="read")
        return [line["text"] for line in answer.json()["items"]]

    def link(self, **changed: Any) -> str:
        claims = {
            "purpose": "approve",
            "inc": self.id,
            "person": "ann",
            "clients": [],
            "about": "approval-1",
            "jti": "delivery-1",
            "exp": int((self.api.clock.now() + timedelta(hours=24)).timestamp()),
            **changed,
        }
        token = jwt.encode(claims, self.api.link_key, algorithm="EdDSA", headers={"kid": "k1"})
        return f"/approve/{token}"


@pytest_asyncio.fixture
async def story(api: Api, directory_document: dict[str, Any]) -> Story:
    await api.put("/v1/directory", directory_document)
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    answer = await api.post("/v1/incidents", body, key="operate")
    assert answer.status_code == 201, answer.text
    story = Story(api, answer.json())
    await story.hears(story.asked())
    return story


async def test_what_waits_is_listed_with_its_text_and_stands_on_the_timeline(story: Story) -> None:
    waiting = await story.api.get(
        f"/v1/approvals?incident={story.incident['ref']}&status=waiting", key="read"
    )
    [found] = waiting.json()["items"]
    assert found["body"] == TEXT
    assert found["content_sha256"] == SHA
    assert found["channels"] == ["email", "sms"]
    assert any("waits for a yes of Ann Weiss until" in line for line in await story.lines())


async def test_a_yes_to_this_very_text_is_passed_on(story: Story) -> None:
    answer = await story.decides("approve")

    assert answer.status_code == 202
    assert answer.json()["status"] == "approved"
    [told] = await story.answers()
    assert told["decision"] == "approve"
    assert told["content_sha256"] == SHA
    assert told["approval_id"] == "approval-1"
    assert "operate approved the initial to acme." in await story.lines()


async def test_a_no_says_why(story: Story) -> None:
    answer = await story.decides("refuse", reason="Names the wrong system.")

    assert answer.json()["status"] == "refused"
    assert (await story.answers())[0]["reason"] == "Names the wrong system."
    assert "operate refused the initial to acme: Names the wrong system." in await story.lines()


async def test_a_yes_to_another_text_is_refused_and_says_where_the_right_one_is(
    story: Story,
) -> None:
    answer = await story.decides("approve", sha="6" * 64)

    assert answer.status_code == 409
    assert "GET /v1/approvals/approval-1" in answer.json()["detail"]
    assert await story.answers() == []


async def test_nobody_decides_twice(story: Story) -> None:
    await story.decides("approve")

    answer = await story.decides("refuse")
    assert answer.status_code == 409
    assert answer.json()["detail"].startswith("operate has approved it already;")
    assert "{" not in answer.json()["detail"]
    assert len(await story.answers()) == 1


async def test_what_a_newer_text_replaced_cannot_be_approved(story: Story) -> None:
    await story.hears(
        story.ended("replaced by a newer initial", sent=False),
        story.asked("approval-2", voids="approval-1"),
    )

    answer = await story.decides("approve")
    assert answer.status_code == 409
    assert "replaced by a newer initial" in answer.json()["detail"]
    open_ones = await story.api.get("/v1/approvals?status=waiting", key="read")
    assert [one["id"] for one in open_ones.json()["items"]] == ["approval-2"]


async def test_a_yes_that_was_overtaken_by_a_newer_text_does_not_count(story: Story) -> None:
    await story.decides("approve")
    await story.hears(story.ended("replaced by a newer initial", sent=False))

    assert (await story.approval())["status"] == "ended"


async def test_a_yes_that_was_carried_out_stays_a_yes(story: Story) -> None:
    await story.decides("approve")
    await story.hears(story.ended("operate approved it at 09:55 CET", sent=True))

    found = await story.approval()
    assert (found["status"], found["sent"]) == ("approved", True)
    assert found["outcome"] == "operate approved it at 09:55 CET"


async def test_a_decision_that_is_none_is_named_with_its_place(story: Story) -> None:
    answer = await story.decides("perhaps")

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/decision"


async def test_what_was_never_asked_is_not_found(story: Story) -> None:
    answer = await story.api.get("/v1/approvals/nothing", key="read")

    assert answer.status_code == 404


async def test_a_reader_may_not_decide(story: Story) -> None:
    body = {"decision": "approve", "content_sha256": SHA}
    answer = await story.api.post("/v1/approvals/approval-1/decide", body, key="read")

    assert answer.status_code == 403


# ── by the link in the mail ─────────────────────────────────────────────────────────────────────


async def test_the_page_shows_the_text_as_it_will_be_sent_and_decides_nothing(
    story: Story,
) -> None:
    shown = await story.api.client.get(story.link())

    assert shown.status_code == 200
    assert "First notice to ACME GmbH" in shown.text
    assert "Mail EU has been unavailable to ACME since 09:52 CET." in shown.text
    assert "<script>" not in shown.text
    assert "2 people by email and SMS" in shown.text
    assert "the holding notice goes out by itself" in shown.text
    assert await story.answers() == []


async def test_ann_approves_on_the_page_by_name(story: Story) -> None:
    pressed = await story.api.client.post(
        story.link(), data={"decision": "approve", "content_sha256": SHA}
    )
    assert pressed.status_code == 303

    [told] = await story.answers()
    assert (told["decision"], told["by"]) == ("approve", "Ann Weiss")
    shown = await story.api.client.get(story.link())
    assert "Ann Weiss approved it on" in shown.text
    assert "<form" not in shown.text


async def test_ann_refuses_on_the_page_with_a_reason(story: Story) -> None:
    await story.api.client.post(
        story.link(),
        data={"decision": "refuse", "content_sha256": SHA, "reason": " Wrong system. "},
    )

    [told] = await story.answers()
    assert (told["decision"], told["reason"]) == ("refuse", "Wrong system.")


async def test_a_page_that_was_open_while_the_text_changed_decides_nothing(story: Story) -> None:
    await story.hears(story.ended("replaced by a newer initial", sent=False))

    pressed = await story.api.client.post(
        story.link(), data={"decision": "approve", "content_sha256": SHA}
    )
    assert pressed.status_code == 409
    assert "replaced by a newer initial" in pressed.text
    assert await story.answers() == []


async def test_a_page_says_what_to_press(story: Story) -> None:
    pressed = await story.api.client.post(story.link(), data={"content_sha256": SHA})

    assert pressed.status_code == 422
    assert "Press Approve or Refuse." in pressed.text


@pytest.mark.parametrize(
    "changed",
    [{"purpose": "take"}, {"about": "approval-9"}, {"inc": "another"}, {"exp": 1}],
    ids=["of another purpose", "of no approval", "of another incident", "expired"],
)
async def test_a_link_that_is_not_for_this_decides_nothing(
    story: Story, changed: dict[str, Any]
) -> None:
    pressed = await story.api.client.post(
        story.link(**changed), data={"decision": "approve", "content_sha256": SHA}
    )

    assert pressed.status_code == 410
    assert await story.answers() == []


async def test_planned_work_is_approved_on_the_same_page(story: Story) -> None:
    starts = story.api.clock.now() + timedelta(days=2)
    body = {
        "title": "Replace a storage part",
        "system_keys": ["mail-eu"],
        "starts_at": starts.isoformat(),
        "ends_at": (starts + timedelta(hours=2)).isoformat(),
    }
    made = await story.api.post("/v1/maintenance-windows", body, key="operate")
    assert made.status_code == 201, made.text
    window = made.json()
    await story.hears(
        story.asked("approval-9", incident_id=window["id"], kind=Kind.MAINTENANCE_ANNOUNCED)
    )

    shown = await story.api.client.get(story.link(inc=window["id"], about="approval-9"))
    assert "Announcement of planned work to ACME GmbH" in shown.text
    assert f"PATCH /v1/maintenance-windows/{window['ref']}" in shown.text
    listed = await story.api.get(f"/v1/approvals?incident={window['ref']}", key="read")
    assert [one["id"] for one in listed.json()["items"]] == ["approval-9"]


async def test_of_more_that_wait_than_are_listed_the_oldest_need_attention(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attention, "MOST", 1)
    await story.hears(story.asked("approval-2"))
    found = (await story.api.get("/v1/needs-attention", key="read")).json()["items"]
    assert [one["approval_id"] for one in found if one["kind"] == "approval"] == ["approval-1"]
