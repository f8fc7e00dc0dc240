"""What tests ask the sandbox over HTTP, and what it says to a wrong question."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from devstack.sandbox import Sandbox

SLACK = {"Authorization": "Bearer xoxb-sandbox"}


@pytest.fixture
async def http(sandbox: Sandbox) -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(sandbox.url) as session:
        yield session


async def post(http: aiohttp.ClientSession, channel: str, text: str) -> None:
    body = {"channel": channel, "text": text}
    async with http.post("/slack/api/chat.postMessage", json=body, headers=SLACK) as answer:
        assert (await answer.json())["ok"]


async def get(http: aiohttp.ClientSession, path: str, **query: str) -> Any:
    async with http.get(path, params=query) as answer:
        return await answer.json()


async def texts(http: aiohttp.ClientSession, **query: str) -> list[str]:
    return [item["text"] for item in (await get(http, "/messages", **query))["items"]]


async def test_messages_are_found_oldest_first(http: aiohttp.ClientSession) -> None:
    for channel, text in (("C0ACME", "Alpha"), ("C0BETA", "beta"), ("C0ACME", "gamma")):
        await post(http, channel, text)
    items = (await get(http, "/messages"))["items"]

    assert await texts(http) == ["Alpha", "beta", "gamma"]
    assert await texts(http, to="c0acme") == ["Alpha", "gamma"]
    assert await texts(http, channel="email") == []
    assert await texts(http, contains="ALPHA") == ["Alpha"]
    assert await texts(http, since=items[0]["id"]) == ["beta", "gamma"]
    assert await texts(http, since=items[1]["received_at"]) == ["beta", "gamma"]
    assert await texts(http, limit="1") == ["gamma"]
    assert (await get(http, f"/messages/{items[0]['id']}"))["text"] == "Alpha"


async def test_forgetting_empties_the_mailbox(http: aiohttp.ClientSession) -> None:
    await post(http, "C0ACME", "x")
    async with http.delete("/messages") as answer:
        assert await answer.json() == {"deleted": 1}
    assert await texts(http) == []


async def test_a_fault_shows_how_often_it_fired(http: aiohttp.ClientSession) -> None:
    fault = {"mode": "reject", "code": "is_archived", "share": 0.5}
    async with http.put("/faults/slack", json=fault) as answer:
        assert answer.status == 200
    for _ in range(4):
        body = {"channel": "C0ACME", "text": "x"}
        async with http.post("/slack/api/chat.postMessage", json=body, headers=SLACK):
            pass
    async with http.put("/faults/slack", json={"mode": "off"}) as answer:
        assert (await answer.json())["active"] is False
    await post(http, "C0ACME", "after")
    (seen,) = (await get(http, "/faults"))["items"]
    assert (seen["matched"], seen["fired"], seen["active"]) == (4, 2, False)


async def test_a_fault_that_never_fired_is_seen_as_such(http: aiohttp.ClientSession) -> None:
    async with http.put("/faults/email", json={"mode": "drop"}):
        pass
    (seen,) = (await get(http, "/faults"))["items"]
    assert (seen["fired"], seen["active"]) == (0, True)
    async with http.delete("/faults"):
        pass
    assert await get(http, "/faults") == {"items": []}


@pytest.mark.parametrize(
    ("path", "body", "status", "says"),
    [
        ("/faults/pigeon", {"mode": "drop"}, 404, "No channel pigeon"),
        ("/faults/email", {"mode": "explode"}, 422, "mode"),
        ("/faults/email", {"mode": "drop", "colour": 1}, 422, "colour"),
        ("/faults/email", {"mode": "reject", "to": "a@x", "phase": "mail"}, 422, "no recipient"),
        ("/faults/email", {"mode": "reject", "code": 250}, 422, "code"),
    ],
)
async def test_a_wrong_fault_is_refused_in_one_sentence(
    http: aiohttp.ClientSession, path: str, body: dict[str, Any], status: int, says: str
) -> None:
    async with http.put(path, json=body) as answer:
        assert answer.status == status
        assert answer.content_type == "application/problem+json"
        assert says in (await answer.json(content_type=None))["detail"]


@pytest.mark.parametrize("since", ["yesterday", "2026-11-24T10:00:00"])
async def test_a_moment_without_meaning_is_refused(http: aiohttp.ClientSession, since: str) -> None:
    async with http.get("/messages", params={"since": since}) as answer:
        assert answer.status == 400


async def test_an_unknown_message_is_not_found(http: aiohttp.ClientSession) -> None:
    for path in ("/messages/none", "/messages/none/html"):
        async with http.get(path) as answer:
            assert answer.status == 404
