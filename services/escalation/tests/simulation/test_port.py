"""The internal port: what incident-api asks, and how it is answered or refused."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
import pytest_asyncio
from escalation.bootstrap import internal_port
from escalation.simulation import simulator
from tocsin_contracts.envelope import encode
from tocsin_contracts.registry import INCIDENTS
from tocsin_contracts.simulation import LAST_CALLED
from tocsin_contracts.words import Verb
from tocsin_runtime.health import Health

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import CRITICAL, UNACKNOWLEDGED, step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


@pytest_asyncio.fixture
async def port(world: World) -> AsyncIterator[httpx.AsyncClient]:
    app = internal_port(Health(world.clock), world.database)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://escalation") as client:
        yield client


async def script(world: World, **changes: Any) -> dict[str, Any]:
    """An outage opened, acknowledged after eighteen minutes, as incident-api asks about it."""
    outage = Outage(world)
    await outage.opens()
    await world.at(18)
    await outage.is_acknowledged()
    await world.at(60)
    told = [json.loads(encode(event)) for event in world.heard[INCIDENTS]]
    until = world.clock.now().isoformat()
    return {"revision": 1, "events": told, "until": until, **changes}


async def test_it_answers_with_the_timeline(world: World, port: httpx.AsyncClient) -> None:
    answer = await port.post("/v1/simulate", json=await script(world))

    assert answer.status_code == 200
    lines = answer.json()["timeline"]
    assert [(line["what"], line["who"]) for line in lines] == [
        ("called", "Ann Weiss"),
        ("called", "Tom Klein"),
        ("cancelled", None),
    ]
    assert answer.json()["changes"] is None


async def test_it_says_what_a_policy_would_alter(world: World, port: httpx.AsyncClient) -> None:
    sooner = CRITICAL.model_copy(update={"steps": (step(UNACKNOWLEDGED, "director", after=1),)})
    asked = await script(world, policies=[sooner.model_dump(mode="json")])
    answer = (await port.post("/v1/simulate", json=asked)).json()

    assert [line["who"] for line in answer["timeline"]] == ["Dan Roth", None]
    assert [line["who"] for line in answer["changes"]["added"]] == ["Dan Roth"]
    assert [line["who"] for line in answer["changes"]["removed"]] == ["Ann Weiss", "Tom Klein"]


async def test_nothing_is_done_by_asking(world: World, port: httpx.AsyncClient) -> None:
    asked = await script(world)
    before = await world.outbox()
    await port.post("/v1/simulate", json=asked)

    assert await world.outbox() == before


async def test_whoever_was_called_last_answers(world: World, port: httpx.AsyncClient) -> None:
    asked = await script(world)
    outage = Outage(world)
    take = {"person": "", "incident_id": outage.id, "verb": Verb.TAKE, "by": "simulation"}
    event = {
        **asked["events"][0],
        "type": "tocsin.incident.step_answered.v1",
        "data": {**take, "answered_at": world.start.isoformat()},
    }
    asked["events"] = [asked["events"][0], event]
    answer = (await port.post("/v1/simulate", json=asked)).json()

    assert LAST_CALLED not in str(answer)
    assert [line["who"] for line in answer["timeline"]][:1] == ["Ann Weiss"]


async def test_a_revision_that_is_not_here_yet_is_waited_for(
    world: World, port: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(simulator, "LOOK_EVERY_SECONDS", simulator.WAIT_SECONDS / 2)
    monkeypatch.setattr(simulator, "WAIT_SECONDS", 0.02)
    for path, asked in (("/v1/simulate", await script(world)), ("/v1/lint", lint(world))):
        answer = await port.post(path, json={**asked, "revision": 99})

        assert answer.status_code == 503
        assert answer.json()["type"] == "urn:tocsin:problem:directory-behind"
        assert answer.headers["Retry-After"] == "1"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"events": []}, "the first must be an event of the incident itself"),
        ({"events": [{"type": "tocsin.incident.opened.v1"}]}, "events: "),
        ({"events": [{"type": "nobody.knows.v1"}]}, "nobody.knows.v1"),
        ({"until": "tomorrow"}, "until: "),
    ],
)
async def test_a_question_that_cannot_be_read_says_where(
    world: World, port: httpx.AsyncClient, wrong: dict[str, Any], said: str
) -> None:
    answer = await port.post("/v1/simulate", json={**await script(world), **wrong})

    assert answer.status_code == 422
    assert said in answer.json()["detail"]


async def test_events_of_two_outages_are_refused(world: World, port: httpx.AsyncClient) -> None:
    first, second = await script(world), await script(world)
    answer = await port.post("/v1/simulate", json={**first, "events": second["events"]})

    assert answer.json()["detail"] == "events: they must be of one incident"


async def test_events_out_of_order_are_refused(world: World, port: httpx.AsyncClient) -> None:
    asked = await script(world)
    opened, acknowledged = asked["events"]
    asked["events"] = [{**opened, "time": world.clock.now().isoformat()}, acknowledged]
    answer = await port.post("/v1/simulate", json=asked)

    assert answer.json()["detail"] == "events: they must be in the order of their times"


async def test_lint_answers_with_findings(world: World, port: httpx.AsyncClient) -> None:
    answer = await port.post("/v1/lint", json=lint(world))

    assert answer.status_code == 200
    assert {finding["problem"] for finding in answer.json()["findings"]} == {"policy-unused"}


async def test_lint_over_no_time_is_refused(world: World, port: httpx.AsyncClient) -> None:
    answer = await port.post("/v1/lint", json={**lint(world), "until": world.start.isoformat()})

    assert answer.status_code == 422
    assert answer.json()["detail"] == "until: it must be after since"


def lint(world: World) -> dict[str, Any]:
    until = world.start.replace(month=12, day=22)
    return {"revision": 1, "since": world.start.isoformat(), "until": until.isoformat()}
