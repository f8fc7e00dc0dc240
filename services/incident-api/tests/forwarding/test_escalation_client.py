"""Escalation's internal port as this service speaks to it, on a real connection."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from incident_api.forwarding.escalation import EscalationClient
from incident_api.forwarding.port import DirectoryBehind, NotAnswering, NotAQuestion
from tocsin_contracts.simulation import LintAsked, SimulationAsked

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
PLAY = SimulationAsked(revision=3, events=({"id": "1"},), until=NOW)
LOOK = LintAsked(revision=3, since=NOW, until=NOW + timedelta(days=28))
Port = Callable[[int, Any], Awaitable[EscalationClient]]


@pytest.fixture
def heard() -> list[tuple[str, Any]]:
    return []


@pytest_asyncio.fixture
async def port(heard: list[tuple[str, Any]]) -> AsyncIterator[Port]:
    """``await port(status, body)`` gives a client of a port that answers so."""
    runners: list[web.AppRunner] = []
    clients: list[EscalationClient] = []

    async def answering(status: int, body: Any) -> EscalationClient:
        async def handle(request: web.Request) -> web.Response:
            heard.append((request.path, await request.json()))
            return web.Response(status=status, text=json.dumps(body))

        app = web.Application()
        app.router.add_post("/v1/{what:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        runners.append(runner)
        clients.append(EscalationClient(f"http://127.0.0.1:{runner.addresses[0][1]}/"))
        return clients[-1]

    yield answering
    for client in clients:
        await client.close()
    for runner in runners:
        await runner.cleanup()


async def test_what_is_played_comes_back_and_what_we_do_not_know_of_it_is_left_out(
    port: Port, heard: list[tuple[str, Any]]
) -> None:
    line = {"at": "2026-11-24T09:15:00Z", "what": "called", "policy": "critical",
            "client_keys": ["acme"], "because": "x", "mood": "tense"}  # fmt: skip
    client = await port(200, {"timeline": [line], "weather": "fair"})

    answer = await client.simulate(PLAY)

    assert [one.policy for one in answer.timeline] == ["critical"]
    [(path, body)] = heard
    assert (path, body["revision"], body["events"]) == ("/v1/simulate", 3, [{"id": "1"}])


async def test_findings_come_back(port: Port, heard: list[tuple[str, Any]]) -> None:
    client = await port(200, {"findings": [{"problem": "x", "detail": "Y."}]})
    assert [one.detail for one in (await client.lint(LOOK)).findings] == ["Y."]
    assert heard[0][0] == "/v1/lint"


async def test_a_refusal_keeps_its_sentence(port: Port) -> None:
    with pytest.raises(DirectoryBehind, match="not arrived"):
        await (await port(503, {"detail": "It has not arrived."})).simulate(PLAY)
    with pytest.raises(NotAQuestion, match="events"):
        await (await port(422, {"detail": "events: none"})).lint(LOOK)


@pytest.mark.parametrize(
    ("status", "body"), [(500, {}), (200, [1]), (200, {}), (200, {"timeline": [{"at": "soon"}]})]
)
async def test_what_is_no_answer_counts_as_none(port: Port, status: int, body: Any) -> None:
    with pytest.raises(NotAnswering):
        await (await port(status, body)).simulate(PLAY)


async def test_nobody_there_is_found_out_at_once() -> None:
    client = EscalationClient("http://127.0.0.1:9")
    with pytest.raises(NotAnswering):
        await client.lint(LOOK)
    await client.close()
