"""An operator sees where each client's escalation stands, and answers for somebody."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
from incident_api.intake.handlers import handle
from incident_api.testing import Api
from tocsin_contracts import events as e
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

TOM = "tom@nordlicht.example"


class Desk:
    """One outage at ACME, whose escalation is armed."""

    def __init__(self, api: Api, snapshot: IncidentSnapshot) -> None:
        self.api = api
        self.snapshot = snapshot

    async def hears(self, kind: type[e.EscalationEvent], **given: Any) -> None:
        now = self.api.clock.now()
        data: EventData = kind(incident=self.snapshot, client_keys=("acme",), at=now, **given)
        event = new_event(data, source="escalation", subject=self.snapshot.id, now=now)
        async with self.api.database.transaction() as conn:
            await handle(conn, [event])

    async def escalation(self, **query: str) -> dict[str, Any]:
        [item] = (await self.listed(**query))["items"]
        return dict(item)

    async def listed(self, **query: str) -> dict[str, Any]:
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        answer = await self.api.get(f"/v1/escalations?{asked}", key="read")
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def answers(self) -> list[dict[str, Any]]:
        return [
            event["data"]
            for event in await self.api.events("tocsin.incidents")
            if event["type"] == "tocsin.incident.step_answered.v1"
        ]


@pytest_asyncio.fixture
async def desk(api: Api, directory_document: dict[str, Any]) -> Desk:
    await api.put("/v1/directory", directory_document)
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    await api.post("/v1/incidents", body, key="operate")
    [opened] = [one for one in await api.events() if one["type"].endswith("incident.opened.v1")]
    desk = Desk(api, IncidentSnapshot.model_validate(opened["data"]["incident"]))
    await desk.hears(e.EscalationArmed, policy_key="critical")
    return desk


async def test_it_is_listed_by_incident_and_status(desk: Desk) -> None:
    armed = await desk.escalation(incident=desk.snapshot.ref, status="armed,notified")

    assert (armed["client_key"], armed["state"], armed["policy_key"]) == (
        "acme",
        "armed",
        "critical",
    )
    assert (await desk.listed(status="taken"))["items"] == []
    assert await desk.escalation(incident=desk.snapshot.id) == armed


async def test_its_id_stays_while_its_state_moves(desk: Desk) -> None:
    before = await desk.escalation()
    desk.api.clock.advance(minutes=1)
    await desk.hears(
        e.EscalationTaken, person="ann", person_name="Ann Weiss", expires_at=desk.api.clock.now()
    )
    after = await desk.escalation()

    assert after["id"] == before["id"]
    assert (after["state"], after["person_name"]) == ("taken", "Ann Weiss")


async def test_a_take_for_a_person_is_published_for_escalation_to_decide(desk: Desk) -> None:
    one = await desk.escalation()
    answer = await desk.api.post(
        f"/v1/escalations/{one['id']}/take", {"person": "ann"}, key="operate"
    )

    assert answer.status_code == 202
    [published] = await desk.answers()
    assert (published["verb"], published["person"], published["client_keys"]) == (
        "take",
        "ann",
        ["acme"],
    )
    assert published["by"] == "key:operate"


async def test_without_a_person_the_operator_answers_themselves(desk: Desk) -> None:
    one = await desk.escalation()
    for verb in ("take", "decline"):
        answer = await desk.api.post(f"/v1/escalations/{one['id']}/{verb}", key="operate")
        assert answer.status_code == 202, answer.text

    said = [(a["verb"], a["person"]) for a in await desk.answers()]
    assert said == [("take", "key:operate"), ("decline", "key:operate")]


async def test_a_hand_over_names_a_colleague_of_the_team(desk: Desk) -> None:
    one = await desk.escalation()
    path = f"/v1/escalations/{one['id']}/hand-over"
    answer = await desk.api.post(path, {"person": "ann", "to": TOM, "reason": "Lunch."})

    assert answer.status_code == 202
    [published] = await desk.answers()
    assert (published["to"], published["reason"]) == (TOM, "Lunch.")


@pytest.mark.parametrize(
    ("verb", "body"),
    [
        ("take", {"person": "ann", "minutes": 45}),
        ("hand-over", {"person": "ann", "to": TOM, "minutes": 45}),
    ],
)
async def test_whoever_has_it_may_say_for_how_long(
    desk: Desk, verb: str, body: dict[str, Any]
) -> None:
    one = await desk.escalation()
    answer = await desk.api.post(f"/v1/escalations/{one['id']}/{verb}", body)

    assert answer.status_code == 202, answer.text
    [published] = await desk.answers()
    assert published["minutes"] == 45


async def test_nobody_hands_over_what_a_colleague_has(desk: Desk) -> None:
    now = desk.api.clock.advance(minutes=1)
    await desk.hears(e.EscalationTaken, person=TOM, person_name="Tom Klein", expires_at=now)
    path = f"/v1/escalations/{(await desk.escalation())['id']}/hand-over"

    refused = await desk.api.post(path, {"person": "ann", "to": TOM})
    assert refused.status_code == 409
    assert refused.json()["detail"].startswith("Tom Klein has it.")
    assert await desk.answers() == []
    assert (await desk.api.post(path, {"person": TOM, "to": "ann"})).status_code == 202


async def test_armed_and_taken_at_once_it_still_names_its_policy(desk: Desk) -> None:
    now = desk.api.clock.advance(minutes=1)
    until = now + timedelta(minutes=30)
    about: dict[str, Any] = {"incident": desk.snapshot, "client_keys": ("birch",), "at": now}
    said: list[EventData] = [
        e.EscalationArmed(**about, policy_key="critical"),
        e.EscalationTaken(**about, person="ann", person_name="Ann Weiss", expires_at=until),
    ]
    events = [new_event(data, source="escalation", subject="x", now=now) for data in said]
    async with desk.api.database.transaction() as conn:
        await handle(conn, events)

    birch = await desk.escalation(status="taken")
    assert (birch["client_key"], birch["policy_key"]) == ("birch", "critical")


@pytest.mark.parametrize(
    ("verb", "body", "pointer"),
    [
        ("take", {"minutes": 0}, "/minutes"),
        ("take", {"minutes": 10_000}, "/minutes"),
        ("take", {"person": "stranger"}, "/person"),
        ("hand-over", {"to": "stranger"}, "/to"),
        ("hand-over", {"person": "ann", "to": "ann"}, "/to"),
        ("hand-over", {}, "/to"),
        ("take", {"who": "ann"}, "/who"),
    ],
)
async def test_who_cannot_answer_is_named_with_the_way_out(
    desk: Desk, verb: str, body: dict[str, Any], pointer: str
) -> None:
    one = await desk.escalation()
    answer = await desk.api.post(f"/v1/escalations/{one['id']}/{verb}", body)

    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == pointer
    assert await desk.answers() == []


async def test_after_the_end_there_is_nothing_to_take(desk: Desk) -> None:
    one = await desk.escalation()
    desk.api.clock.advance(minutes=1)
    await desk.hears(e.EscalationStopped, reason="The incident is resolved.")
    answer = await desk.api.post(f"/v1/escalations/{one['id']}/take", {"person": "ann"})

    assert answer.status_code == 409
    assert "stopped" in answer.json()["detail"]
    assert f"/v1/incidents/{one['incident_id']}/reopen" in answer.json()["detail"]


async def test_what_does_not_exist_is_said_so(desk: Desk) -> None:
    assert (await desk.api.post("/v1/escalations/none/take")).status_code == 404
    assert (await desk.api.get("/v1/escalations?incident=INC-9")).status_code == 404
    assert (await desk.api.get("/v1/escalations?status=lost")).status_code == 422
    one = await desk.escalation()
    assert (await desk.api.post(f"/v1/escalations/{one['id']}/take", key="read")).status_code == 403


async def test_anybody_of_the_team_may_answer_whatever_their_role(
    desk: Desk, directory_document: dict[str, Any]
) -> None:
    [team] = directory_document["account_teams"]
    team["others"] = [{"key": "mia", "name": "Mia Sand", "email": "mia@nordlicht.example"}]
    await desk.api.put("/v1/directory", directory_document)
    one = await desk.escalation()
    path = f"/v1/escalations/{one['id']}/take"

    assert (await desk.api.post(path, {"person": "mia"})).status_code == 202
