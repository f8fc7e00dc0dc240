"""The dispatcher's internal port as this service speaks to it, on a real connection."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest
import pytest_asyncio
from aiohttp import web
from incident_api.forwarding import dispatcher as forwarding
from incident_api.forwarding.dispatcher import DispatcherClient, TemplateFault
from incident_api.forwarding.port import DirectoryBehind, NotAnswering, NotAQuestion
from tocsin_contracts.directory import Template
from tocsin_contracts.words import Kind

ACME = Template(key="acme", variants=())


@pytest_asyncio.fixture
async def port() -> AsyncIterator[Callable[[int, Any], Any]]:
    """``await port(status, body)`` gives a client of a port that answers so."""
    runners: list[web.AppRunner] = []
    clients: list[DispatcherClient] = []

    async def answering(status: int, body: Any) -> DispatcherClient:
        async def handle(_: web.Request) -> web.Response:
            if isinstance(body, bytes):
                return web.Response(status=status, body=body)
            return web.json_response(body, status=status)

        app = web.Application()
        app.router.add_post("/v1/{what:.*}", handle)
        runner = web.AppRunner(app)
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        runners.append(runner)
        client = DispatcherClient(f"http://127.0.0.1:{runner.addresses[0][1]}/")
        clients.append(client)
        return client

    yield answering
    for client in clients:
        await client.close()
    for runner in runners:
        await runner.cleanup()


async def test_an_answer_is_handed_on(port: Any) -> None:
    client = await port(200, {"messages": [1], "not_told": []})

    assert await client.preview({"kind": "initial"}) == {"messages": [1], "not_told": []}


async def test_a_refusal_keeps_its_sentence(port: Any) -> None:
    with pytest.raises(DirectoryBehind, match="not arrived"):
        await (await port(503, {"detail": "It has not arrived."})).preview({})
    with pytest.raises(NotAQuestion, match="kind"):
        await (await port(422, {"detail": "kind: unknown"})).preview({})


@pytest.mark.parametrize(("status", "body"), [(500, {}), (200, b"<html>"), (200, [1])])
async def test_what_is_no_answer_counts_as_none(port: Any, status: int, body: Any) -> None:
    client = await port(status, body)

    with pytest.raises(NotAnswering):
        await client.preview({})
    with pytest.raises(NotAnswering):
        await client.check_templates([(ACME, Kind.INITIAL)])


async def test_faults_of_templates_come_back_with_their_places(port: Any) -> None:
    fault = {"template": "acme", "kind": "initial", "pointer": "/variants/0", "detail": "No."}
    client = await port(200, {"faults": [fault]})

    found = await client.check_templates([(ACME, Kind.INITIAL)])

    assert found == (TemplateFault("acme", Kind.INITIAL, "/variants/0", "No."),)


async def test_nobody_there_is_found_out_at_once() -> None:
    client = DispatcherClient("http://127.0.0.1:9")

    with pytest.raises(NotAnswering):
        await client.preview({})
    await client.close()


async def test_one_that_is_too_slow_is_not_waited_for(
    port: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(forwarding, "PREVIEW_SECONDS", 0.000_001)

    with pytest.raises(NotAnswering):
        await (await port(200, {})).preview({})
