"""An outage is played without happening: what escalation is asked, and how its answer is shown."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from incident_api.forwarding.port import DirectoryBehind, NotAnswering, NotAQuestion
from incident_api.testing import Api
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.simulation import (
    LAST_CALLED,
    MovedLine,
    PolicyChanges,
    SimulatedLine,
    SimulationAnswer,
    SimulationAsked,
)
from tocsin_contracts.words import Channel

pytestmark = pytest.mark.integration

SUNDAY = "2026-11-29T02:00:00+01:00"
STARTED = datetime(2026, 11, 29, 1, tzinfo=UTC)
OUTAGE = {"severity": "sev1", "system_keys": ["storage-eu"], "started_at": SUNDAY}


@pytest_asyncio.fixture
async def house(api: Api, directory_document: dict[str, Any]) -> Api:
    answer = await api.put("/v1/directory", directory_document)
    assert answer.status_code == 200, answer.text
    return api


async def asked(house: Api, **given: Any) -> SimulationAsked:
    answer = await house.post("/v1/simulate", {**OUTAGE, **given}, key="read")
    assert answer.status_code == 200, answer.text
    [question] = house.escalation.asked
    assert isinstance(question, SimulationAsked)
    return question


def story(question: SimulationAsked) -> list[tuple[float, str]]:
    """Minutes from the start, and what happened."""
    return [
        (
            (datetime.fromisoformat(one["time"]) - STARTED).total_seconds() / 60,
            one["type"].split(".")[-2],
        )
        for one in question.events
    ]


async def test_what_fails_and_whom_it_concerns_is_decided_as_in_an_outage(house: Api) -> None:
    question = await asked(house)

    [opened] = question.events
    assert (opened["type"], opened["data"]["kind"]) == ("tocsin.incident.opened.v1", "initial")
    clients = {one["client_key"]: one for one in opened["data"]["audience"]["clients"]}
    assert set(clients) == {"acme", "birch"}
    assert clients["acme"]["escalation_policy"] == "critical"
    assert clients["acme"]["because"].startswith("ACME GmbH uses Mail EU, which depends on")
    assert question.until == STARTED + timedelta(hours=24)
    assert await house.events("tocsin.incidents") == []


async def test_the_whole_story_in_its_order(house: Api) -> None:
    question = await asked(
        house,
        updates_at_minutes=[90, 30],
        taken_after_minutes=20,
        acknowledged_after_minutes=0.5,
        resolved_after_minutes=120,
    )

    assert story(question) == [
        (0, "opened"),
        (0.5, "acknowledged"),
        (20, "step_answered"),
        (30, "updated"),
        (90, "updated"),
        (120, "resolved"),
    ]
    assert question.until == STARTED + timedelta(hours=2)
    taken = question.events[2]["data"]
    assert (taken["verb"], taken["person"], taken["client_keys"]) == ("take", LAST_CALLED, [])


async def test_an_update_moves_what_was_promised_as_one_that_is_written(house: Api) -> None:
    # ACME's hours are those of a working week; a Sunday's promises wait for Monday.
    monday = {"started_at": "2026-11-30T09:00:00+01:00", "updates_at_minutes": [25]}
    opened, updated = (await asked(house, **monday)).events

    [promised] = [
        one["next_update_due"]
        for one in opened["data"]["audience"]["clients"]
        if one["client_key"] == "acme"
    ]
    assert updated["data"]["kind"] == "update"
    assert updated["data"]["next_update_due"]["acme"] > promised


async def test_what_comes_after_the_end_does_not_come(house: Api) -> None:
    question = await asked(house, acknowledged_after_minutes=60, resolved_after_minutes=10)
    assert story(question) == [(0, "opened"), (10, "resolved")]


async def test_it_may_begin_where_clients_do_not_see_it(house: Api) -> None:
    opened, published = (await asked(house, published_after_minutes=10)).events
    assert (opened["data"]["kind"], published["data"]["kind"]) == (None, "initial")
    assert published["type"] == "tocsin.incident.published.v1"


def called(minutes: float, **given: Any) -> SimulatedLine:
    whole: dict[str, Any] = {
        "at": STARTED + timedelta(minutes=minutes),
        "what": "called",
        "policy": "critical",
        "step": 1,
        "trigger": "unacknowledged",
        "client_keys": ("acme",),
        "person": "tom@nordlicht.example",
        "who": "Tom Klein",
        "role": "deputy",
        "channels": (Channel.VOICE, Channel.SMS),
        "because": "nobody has acknowledged it for 15 minutes",
        **given,
    }
    return SimulatedLine(**whole)


async def test_the_answer_has_a_line_a_channel_counted_from_the_start(house: Api) -> None:
    nobody = called(0.1, what="skipped", who=None, person=None, channels=(), step=0)
    house.escalation.played = SimulationAnswer(timeline=(nobody, called(15)))

    answer = (await house.post("/v1/simulate", OUTAGE)).json()

    assert [
        (one["offset_minutes"], one["what"], one["who"], one["channel"])
        for one in answer["timeline"]
    ] == [
        (0.1, "skipped", None, None),
        (15, "called", "Tom Klein", "voice"),
        (15, "called", "Tom Klein", "sms"),
    ]
    assert answer["timeline"][1] == {
        "at": "2026-11-29T01:15:00Z",
        "offset_minutes": 15,
        "what": "called",
        "chain": "account",
        "policy": "critical",
        "step": 1,
        "call": 0,
        "trigger": "unacknowledged",
        "who": "Tom Klein",
        "person": "tom@nordlicht.example",
        "role": "deputy",
        "client_keys": ["acme"],
        "channel": "voice",
        "because": "nobody has acknowledged it for 15 minutes",
    }
    assert (answer["timezone"], "changes" in answer) == ("Europe/Berlin", False)


SOONER = {
    "key": "critical",
    "steps": [
        {
            "trigger": {"unacknowledged": True},
            "after_minutes": 5,
            "notify": ["deputy"],
            "channels": ["voice"],
            "hours": {"mon-fri": "08:00-18:00"},
        }
    ],
}


async def test_policies_are_tried_without_being_saved(house: Api) -> None:
    house.escalation.played = SimulationAnswer(
        timeline=(called(5),),
        changes=PolicyChanges(
            removed=(called(0, step=0, channels=(Channel.EMAIL,)),),
            moved=(MovedLine(before=called(15), after=called(5)),),
        ),
    )
    body = {**OUTAGE, "escalation_policies": [SOONER]}
    changes = (await house.post("/v1/simulate", body)).json()["changes"]

    [question] = house.escalation.asked
    [policy] = question.policies
    assert policy.steps[0].after_minutes == 5
    assert policy.steps[0].hours.timezone == "Europe/Berlin"
    assert [one["channel"] for one in changes["removed"]] == ["email"]
    assert [
        (one["before"]["offset_minutes"], one["after"]["offset_minutes"], one["after"]["channel"])
        for one in changes["moved"]
    ] == [(15, 5, "voice"), (15, 5, "sms")]
    in_force = await house.get("/v1/escalation-policies/critical")
    assert len(in_force.json()["steps"]) == 2


@pytest.mark.parametrize(
    ("given", "pointer"),
    [
        ({"system_keys": []}, ""),
        ({"system_keys": ["moon"]}, "/system_keys/0"),
        ({"started_at": "2026-11-29T02:00:00"}, "/started_at"),
        ({"started_at": "2450-11-29T02:00:00Z"}, "/started_at"),
        ({"severity": "sev9"}, "/severity"),
        ({"acknowledged_after_minutes": -1}, "/acknowledged_after_minutes"),
        ({"resolved_after_minutes": 1441}, "/resolved_after_minutes"),
        ({"updates_at_minutes": [30], "resolved_after_minutes": 30}, ""),
        ({"updates_at_minutes": list(range(101))}, "/updates_at_minutes"),
        ({"escalation_policies": [{"key": "x", "steps": []}]}, "/escalation_policies/0/steps"),
        (
            {"escalation_policies": [{**SOONER, "chain": "client"}]},
            "/escalation_policies/0/steps/0/notify/0",
        ),
        ({"escalation_policies": [SOONER, SOONER]}, "/escalation_policies/1/key"),
    ],
)
async def test_what_cannot_be_played_is_refused_with_its_place(
    house: Api, given: dict[str, Any], pointer: str
) -> None:
    answer = await house.post("/v1/simulate", {**OUTAGE, **given})
    assert answer.status_code == 422, answer.text
    assert pointer in [error["pointer"] for error in answer.json()["errors"]]
    assert house.escalation.asked == []


@pytest.mark.parametrize(
    ("raised", "status", "kind"),
    [
        (NotAnswering("gone"), 503, "escalation-away"),
        (DirectoryBehind("Revision 3 has not arrived."), 503, "directory-behind"),
        (NotAQuestion("events: too many"), 422, "invalid"),
    ],
)
async def test_no_answer_is_said_in_a_sentence(
    house: Api, raised: Exception, status: int, kind: str
) -> None:
    house.escalation.raises = raised
    for path, body in (("/v1/simulate", OUTAGE), ("/v1/lint", {})):
        answer = await house.post(path, body)
        assert (answer.status_code, answer.json()["type"]) == (status, f"urn:tocsin:problem:{kind}")


async def test_a_clients_own_process_is_shown_as_such(house: Api) -> None:
    theirs = called(20, chain=ChainKind.CLIENT, policy="acmes", trigger="unconfirmed", role="cio")
    house.escalation.played = SimulationAnswer(timeline=(theirs,))
    answer = await house.post("/v1/simulate", OUTAGE)
    assert [one["chain"] for one in answer.json()["timeline"]] == ["client", "client"]
