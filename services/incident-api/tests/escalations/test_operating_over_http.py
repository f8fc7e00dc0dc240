"""An operator holds, brings forward and takes back; a client's own chain stands beside ours."""

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
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, QuestionSource
from tocsin_runtime.outbox import new_event

pytestmark = pytest.mark.integration

CLIENT = ChainKind.CLIENT
TOM = e.Called(person="tom", name="Tom Klein", role="deputy")


class Desk:
    """One outage at ACME with both of its chains armed, our own since a minute."""

    def __init__(self, api: Api, snapshot: IncidentSnapshot) -> None:
        self.api = api
        self.snapshot = snapshot

    async def hears(self, kind: type[e.EscalationEvent], **given: Any) -> None:
        """Two seconds after whatever was heard before."""
        now = self.api.clock.advance(seconds=2)
        data: EventData = kind(incident=self.snapshot, client_keys=("acme",), at=now, **given)
        event = new_event(data, source="escalation", subject=self.snapshot.id, now=now)
        async with self.api.database.transaction() as conn:
            await handle(conn, [event])

    async def chain(self, chain: str = "account") -> dict[str, Any]:
        answer = await self.api.get(f"/v1/escalations?chain={chain}", key="read")
        [found] = answer.json()["items"]
        return dict(found)

    async def asks(self, verb: str, body: dict[str, Any] | None = None, chain: str = "account",
                   ) -> tuple[int, dict[str, Any]]:  # fmt: skip
        one = await self.chain(chain)
        answer = await self.api.post(f"/v1/escalations/{one['id']}/{verb}", body, key="operate")
        return answer.status_code, answer.json()

    async def said(self) -> list[dict[str, Any]]:
        told = await self.api.events("tocsin.incidents")
        return [one["data"] for one in told if one["type"].endswith("step_answered.v1")]

    async def timeline(self) -> list[str]:
        answer = await self.api.get(f"/v1/incidents/{self.snapshot.id}/timeline", key="read")
        return [one["text"] for one in answer.json()["items"] if one.get("text")]


@pytest_asyncio.fixture
async def desk(api: Api, directory_document: dict[str, Any]) -> Desk:
    await api.put("/v1/directory", directory_document)
    body = {"title": "Mail EU is down", "severity": "sev1", "system_keys": ["mail-eu"]}
    await api.post("/v1/incidents", body, key="operate")
    [opened] = [one for one in await api.events() if one["type"].endswith("incident.opened.v1")]
    desk = Desk(api, IncidentSnapshot.model_validate(opened["data"]["incident"]))
    await desk.hears(e.EscalationArmed, policy_key="critical", policy_revision=7)
    await desk.hears(e.EscalationArmed, policy_key="acmes", policy_revision=7, chain=CLIENT)
    return desk


def fired(at: Any, **given: Any) -> dict[str, Any]:
    return {
        "policy_key": "critical",
        "step": 1,
        "call": 0,
        "trigger": "unacknowledged",
        "reason": "nobody has acknowledged it for 15 minutes",
        "notify": (TOM,),
        "channels": (Channel.VOICE,),
        "due_at": at,
        **given,
    }


async def test_both_chains_of_a_client_are_shown_apart(desk: Desk) -> None:
    ours, theirs = await desk.chain(), await desk.chain("client")

    assert (ours["policy_key"], ours["policy_revision"], theirs["policy_key"]) == (
        "critical",
        7,
        "acmes",
    )
    assert ours["id"] != theirs["id"]
    of_incident = await desk.api.get(f"/v1/incidents/{desk.snapshot.ref}/escalations", key="read")
    assert [one["chain"] for one in of_incident.json()["items"]] == ["account", "client"]


async def test_a_take_of_ours_says_nothing_of_the_clients_own(desk: Desk) -> None:
    until = desk.api.clock.now() + timedelta(minutes=30)
    await desk.hears(e.EscalationTaken, person="ann", person_name="Ann Weiss", expires_at=until)

    assert ((await desk.chain())["state"], (await desk.chain("client"))["state"]) == (
        "taken",
        "armed",
    )


async def test_the_clients_own_ends_by_a_confirm(desk: Desk) -> None:
    await desk.hears(
        e.EscalationConfirmed,
        chain=CLIENT,
        person="jo",
        person_name="Jo Frei",
        source=QuestionSource.EMAIL,
    )

    theirs = await desk.chain("client")
    assert (theirs["state"], theirs["person_name"], theirs["next_at"]) == (
        "confirmed",
        "Jo Frei",
        None,
    )
    confirmed = await desk.api.get("/v1/escalations?status=confirmed", key="read")
    assert [one["chain"] for one in confirmed.json()["items"]] == ["client"]
    status, problem = await desk.asks("pause", {"reason": "x"}, "client")
    assert (status, "Jo Frei has confirmed" in problem["detail"]) == (409, True)


@pytest.mark.parametrize("verb", ["take", "decline", "hand-over"])
async def test_nobody_of_ours_has_what_the_clients_people_were_called_for(
    desk: Desk, verb: str
) -> None:
    status, problem = await desk.asks(verb, {"to": "ann"} if verb == "hand-over" else {}, "client")

    assert status == 409
    assert "contacts-made" in problem["detail"]
    assert await desk.said() == []


async def test_a_pause_says_why_and_until_when(desk: Desk) -> None:
    status, _ = await desk.asks("pause", {"reason": "ACME asked for it.", "minutes": 30})

    assert status == 202
    [said] = await desk.said()
    assert (said["verb"], said["reason"], said["minutes"]) == ("pause", "ACME asked for it.", 30)

    until = desk.api.clock.now() + timedelta(minutes=30)
    await desk.hears(e.EscalationPaused, by="key:operate", reason="ACME asked for it.", until=until)
    ours = await desk.chain()
    assert (ours["state"], ours["paused"], ours["paused_until"][:16]) == (
        "armed",
        True,
        until.isoformat()[:16],
    )
    await desk.hears(e.EscalationResumed)
    ours = await desk.chain()
    assert (ours["paused"], ours["paused_until"]) == (False, None)
    assert (await desk.timeline())[:2] == [
        "Escalation goes on: the time of its pause is over.",
        f"Escalation is paused until {until:%H:%M} UTC by key:operate: ACME asked for it.",
    ]


async def test_resuming_needs_no_reason(desk: Desk) -> None:
    assert (await desk.asks("resume"))[0] == 202
    assert [one["verb"] for one in await desk.said()] == ["resume"]


@pytest.mark.parametrize("verb", ["pause", "escalate", "de-escalate"])
@pytest.mark.parametrize("body", [{}, {"reason": ""}, {"reason": "  "}])
async def test_what_changes_who_is_called_says_why(
    desk: Desk, verb: str, body: dict[str, Any]
) -> None:
    status, problem = await desk.asks(verb, body)

    assert (status, problem["errors"][0]["pointer"]) == (422, "/reason")
    assert await desk.said() == []


@pytest.mark.parametrize(("minutes", "status"), [(0, 422), (10_081, 422), (10_080, 202)])
async def test_a_pause_is_no_longer_than_a_week(desk: Desk, minutes: int, status: int) -> None:
    assert (await desk.asks("pause", {"reason": "x", "minutes": minutes}))[0] == status


async def test_the_next_step_of_either_chain_is_brought_forward(desk: Desk) -> None:
    await desk.asks("escalate", {"reason": "Their CEO called."})
    await desk.asks("escalate", {"reason": "Their CEO called."}, "client")

    assert [(one["verb"], one["chain"]) for one in await desk.said()] == [
        ("escalate", "account"),
        ("escalate", "client"),
    ]


async def test_a_step_by_hand_takes_nothing_from_whoever_has_it(desk: Desk) -> None:
    now = desk.api.clock.now()
    await desk.hears(e.EscalationTaken, person="ann", person_name="Ann Weiss", expires_at=now)
    await desk.hears(e.EscalationEscalated, by="key:operate", reason="Their CEO called.", step=1)
    await desk.hears(
        e.StepFired, **fired(now, by="key:operate", by_reason="Their CEO called", unavailable=(
            "Ann Weiss is away until 1 December",))
    )  # fmt: skip

    ours = await desk.chain()
    assert (ours["state"], ours["person_name"]) == ("taken", "Ann Weiss")
    assert (await desk.timeline())[:2] == [
        "Brought in Tom Klein (deputy) by voice: nobody has acknowledged it for 15 minutes."
        " Brought forward by key:operate: Their CEO called."
        " Could not be called: Ann Weiss is away until 1 December.",
        "Step 2 is brought forward by key:operate: Their CEO called.",
    ]


async def test_after_everybody_was_called_there_is_nobody_to_bring_forward(desk: Desk) -> None:
    await desk.hears(e.EscalationExhausted, tried=())
    status, problem = await desk.asks("escalate", {"reason": "x"})

    assert (status, "Everybody on the list was called" in problem["detail"]) == (409, True)
    assert (await desk.asks("take", {"person": "ann"}))[0] == 202


async def test_what_was_taken_back_is_shown_until_it_is_brought_forward(desk: Desk) -> None:
    await desk.hears(e.StepFired, **fired(desk.api.clock.now()))
    await desk.asks("de-escalate", {"reason": "Ann speaks with them."})
    await desk.hears(
        e.EscalationDeEscalated, by="key:operate", reason="Ann speaks with them.", step=1,
        told=(TOM,),
    )  # fmt: skip

    ours = await desk.chain()
    assert (ours["state"], ours["held_from"], ours["next_at"]) == ("notified", 1, None)
    assert (await desk.timeline())[0] == (
        "key:operate takes it back: Ann speaks with them. Step 2 and those after it call nobody by"
        " themselves now. Tom Klein hears that they are not needed."
    )
    await desk.hears(e.EscalationEscalated, by="key:operate", reason="Worse again", step=1)
    assert (await desk.chain())["held_from"] is None


async def test_whoever_has_it_passes_on_and_somebody_else_does_not(desk: Desk) -> None:
    until = desk.api.clock.now() + timedelta(minutes=30)
    await desk.hears(e.EscalationTaken, person="ann", person_name="Ann Weiss", expires_at=until)
    await desk.hears(e.EscalationDeclined, person="tom", person_name="Tom Klein")
    assert (await desk.chain())["person_name"] == "Ann Weiss"

    await desk.hears(e.EscalationDeclined, person="ann", person_name="Ann Weiss")
    ours = await desk.chain()
    assert (ours["state"], ours["person_name"]) == ("notified", None)


async def test_whoever_has_it_is_followed_by_nobody_until_it_expires(desk: Desk) -> None:
    now = desk.api.clock.now()
    soon = e.NextCall(name="Tom Klein", at=now + timedelta(minutes=15))
    await desk.hears(e.StepFired, **fired(now, next=soon))
    assert (await desk.chain())["next_name"] == "Tom Klein"

    await desk.hears(e.EscalationTaken, person="ann", person_name="Ann Weiss", expires_at=now)
    assert (await desk.chain())["next_name"] is None
    await desk.hears(e.TakeExpired, person="ann", person_name="Ann Weiss")
    ours = await desk.chain()
    assert (ours["state"], ours["person_name"]) == ("notified", None)


async def test_the_end_ends_both_and_a_pause_too(desk: Desk) -> None:
    await desk.hears(e.EscalationPaused, by="key:operate", reason="x", chain=CLIENT)
    for chain in (ChainKind.ACCOUNT, CLIENT):
        await desk.hears(e.EscalationStopped, reason="The incident is resolved.", chain=chain)

    assert [(await desk.chain(one.value))["state"] for one in ChainKind] == ["stopped", "stopped"]
    assert (await desk.chain("client"))["paused"] is False
    status, problem = await desk.asks("pause", {"reason": "x"})
    assert (status, "reopen" in problem["detail"]) == (409, True)
