"""Slack, spoken to through its own library."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from devstack.sandbox import Sandbox
from devstack.sandbox.server import Settings


@pytest.fixture
async def slack(sandbox: Sandbox) -> AsyncIterator[AsyncWebClient]:
    async with aiohttp.ClientSession() as session:
        yield client_of(sandbox, session)


def client_of(
    sandbox: Sandbox, session: aiohttp.ClientSession, token: str = "xoxb-sandbox"
) -> AsyncWebClient:
    return AsyncWebClient(
        token=token, base_url=sandbox.slack_url, session=session, retry_handlers=[], timeout=5
    )


def header(text: str) -> dict[str, Any]:
    return {"type": "header", "text": {"type": "plain_text", "text": text}}


async def test_updates_go_into_the_thread_of_the_first_message(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    metadata = {"event_type": "incident", "event_payload": {"delivery_id": "d-1"}}
    root = await slack.chat_postMessage(
        channel="C0ACME", text="NEW: Mail EU down", blocks=[header("Down")], metadata=metadata
    )
    await slack.chat_postMessage(
        channel="C0ACME", text="RESOLVED", thread_ts=root["ts"], reply_broadcast=True
    )

    first, second = sandbox.messages(to="C0ACME", channel="slack")
    assert first["text"] == "NEW: Mail EU down"
    assert first["body"]["metadata"] == metadata
    assert first["thread"] == second["thread"] == root["ts"]
    assert second["body"]["reply_broadcast"] is True


async def test_an_edit_replaces_what_the_channel_shows(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    root = await slack.chat_postMessage(channel="C0ACME", text="down")
    await slack.chat_update(channel="C0ACME", ts=root["ts"], text="up again")
    (item,) = sandbox.messages()
    assert (item["text"], item["edits"]) == ("up again", 1)


async def test_every_message_of_a_channel_has_its_own_name(slack: AsyncWebClient) -> None:
    names = [(await slack.chat_postMessage(channel="C0ACME", text=str(n)))["ts"] for n in range(20)]
    assert len(set(names)) == 20
    assert names == sorted(names)


async def test_a_form_is_understood_like_json(sandbox: Sandbox) -> None:
    form = {"token": "xoxb-sandbox", "channel": "C0ACME", "text": "hi", "blocks": "[]"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.slack_url}chat.postMessage", data=form) as response,
    ):
        assert (await response.json())["ok"] is True


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"channel": "nowhere", "text": "x"}, "channel_not_found"),
        ({"channel": "C0ACME"}, "no_text"),
        ({"channel": "C0ACME", "text": "x", "thread_ts": "5"}, "invalid_thread_ts"),
        ({"channel": "C0ACME", "text": "x", "blocks": [{}]}, "invalid_blocks"),
        ({"channel": "C0ACME", "text": "x", "blocks": [header("y" * 151)]}, "invalid_blocks"),
        ({"channel": "C0ACME", "text": "x", "blocks": [header("y")] * 51}, "invalid_blocks"),
        (
            {
                "channel": "C0ACME",
                "text": "x",
                "blocks": [
                    {"type": "section", "text": {"type": "mrkdwn", "text": "z" * 2900}}
                    for _ in range(5)
                ],
            },
            "msg_blocks_too_long",
        ),
    ],
)
async def test_what_slack_refuses(
    sandbox: Sandbox, slack: AsyncWebClient, arguments: dict[str, Any], error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(**arguments)
    assert refused.value.response["error"] == error
    assert refused.value.response.status_code == 200
    assert sandbox.messages() == []


async def test_a_wrong_token_a_missing_message_and_an_unknown_method(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    assert (await slack.auth_test())["team"] == "Sandbox"
    assert slack.session is not None
    stranger = client_of(sandbox, slack.session, token="xoxb-stranger")
    assert await error_of(stranger.auth_test()) == "invalid_auth"
    assert await error_of(slack.chat_update(channel="C0ACME", ts="1.000000", text="x")) == (
        "message_not_found"
    )
    assert await error_of(slack.conversations_history(channel="C0ACME")) == "unknown_method"


async def test_a_rate_limit_names_when_to_come_back(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    sandbox.fault("slack", "rate_limit", retry_after=30, to="C0ACME", count=1)
    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(channel="C0ACME", text="x")
    assert refused.value.response.status_code == 429
    assert refused.value.response.headers["Retry-After"] == "30"
    await slack.chat_postMessage(channel="C0ACME", text="x")
    assert len(sandbox.messages()) == 1


async def test_the_channels_own_limit_can_be_switched_on() -> None:
    async with (
        Sandbox(Settings(slack_seconds_per_message=60)) as sandbox,
        aiohttp.ClientSession() as session,
    ):
        slack = client_of(sandbox, session)
        await slack.chat_postMessage(channel="C0ACME", text="1")
        await slack.chat_postMessage(channel="C0OTHER", text="1")
        assert await error_of(slack.chat_postMessage(channel="C0ACME", text="2")) == "ratelimited"


async def test_refusals_on_demand(sandbox: Sandbox, slack: AsyncWebClient) -> None:
    sandbox.fault("slack", "reject", code="is_archived")
    assert await error_of(slack.chat_postMessage(channel="C0ACME", text="x")) == "is_archived"
    sandbox.fault("slack", "retry")
    with pytest.raises(SlackApiError) as refused:
        await slack.chat_postMessage(channel="C0ACME", text="x")
    assert refused.value.response.status_code == 503
    assert sandbox.messages() == []


async def test_a_cut_answer_hides_that_the_message_was_taken(
    sandbox: Sandbox, slack: AsyncWebClient
) -> None:
    sandbox.fault("slack", "drop")
    with pytest.raises(aiohttp.ClientError):
        await slack.chat_postMessage(channel="C0ACME", text="x")
    assert len(sandbox.messages()) == 1


async def error_of(call: Any) -> str:
    with pytest.raises(SlackApiError) as refused:
        await call
    return str(refused.value.response["error"])
