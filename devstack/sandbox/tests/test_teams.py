"""Teams in the sandbox: an early yes, sizes as Teams counts them, and cards it refuses."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
import pytest_asyncio

from devstack.sandbox.server import Sandbox, Settings

UTF8 = {"content-type": "application/json; charset=utf-8"}


@pytest_asyncio.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def card(text: str = "Mail EU is down.", **given: Any) -> dict[str, Any]:
    content = {
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [{"type": "TextBlock", "text": text}],
        "actions": [{"type": "Action.OpenUrl", "title": "Page", "url": "http://127.0.0.1:9/s"}],
        **given,
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {"type": "message", "attachments": [{"contentType": kind, "content": content}]}


async def post(
    http: aiohttp.ClientSession, url: str, document: Any, headers: dict[str, str] = UTF8
) -> int:
    body = json.dumps(document, ensure_ascii=False).encode()
    async with http.post(url, data=body, headers=headers) as answer:
        return answer.status


async def test_a_card_is_shown_with_its_links(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    assert await post(http, sandbox.teams.url("acme"), card()) == 202

    [item] = sandbox.messages(channel="teams", to="acme")
    assert item["posted"] is True
    assert item["text"] == "Mail EU is down."
    assert '<a href="http://127.0.0.1:9/s">Page</a>' in item["html"]


@pytest.mark.parametrize(
    ("document", "problem"),
    [
        ({"text": "hello"}, "the body is no message with attachments"),
        (card(version="9.0"), "Teams knows no version 9.0"),
        (card(body=[]), "the card has no body"),
        (card(actions=[{"type": "Action.Submit"}]), "only Action.OpenUrl works"),
        (card(actions=[{"type": "Action.OpenUrl"}] * 7), "six actions at most"),
    ],
)
async def test_a_card_it_cannot_post_has_had_its_yes_all_the_same(
    sandbox: Sandbox, http: aiohttp.ClientSession, document: Any, problem: str
) -> None:
    assert await post(http, sandbox.teams.url("acme"), document) == 202

    [item] = sandbox.messages(channel="teams")
    assert item["posted"] is False
    assert problem in item["problem"]


async def test_without_the_charset_half_as_much_is_too_large(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    large = card("x" * 20_000)

    assert await post(http, sandbox.teams.url("acme"), large) == 202
    plain = {"content-type": "application/json"}
    assert await post(http, sandbox.teams.url("acme"), large, plain) == 413
    assert await post(http, sandbox.teams.url("acme"), card("x" * 29_000)) == 413


async def test_a_url_without_its_signature_is_nobodys(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    url = sandbox.teams.url("acme").partition("&sig=")[0]

    assert await post(http, url, card()) == 401
    assert await post(http, f"{url}&sig=forged", card()) == 401
    assert sandbox.messages() == []


async def test_what_is_no_json_is_refused_at_once(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    async with http.post(sandbox.teams.url("acme"), data=b"{", headers=UTF8) as answer:
        assert answer.status == 400


async def test_faster_than_a_workflow_takes_is_told_to_wait(http: aiohttp.ClientSession) -> None:
    async with Sandbox(Settings(teams_seconds_per_message=60)) as strict:
        assert await post(http, strict.teams.url("acme"), card()) == 202
        assert await post(http, strict.teams.url("acme"), card()) == 429
        assert await post(http, strict.teams.url("globex"), card()) == 202
