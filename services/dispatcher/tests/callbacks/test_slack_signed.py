"""Who may call what Slack calls: forged, old, foreign and giant requests change nothing."""

from __future__ import annotations

import json
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import aiohttp
import pytest
import pytest_asyncio
from dispatcher.callbacks.slack_signed import LONGEST_BODY
from tocsin_contracts import events as e

from devstack.sandbox.server import Sandbox
from devstack.sandbox.slack_calls import signed
from services.dispatcher.tests.chatting import Chat, chatting
from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    both_channels,
    jo,
    mail_eu,
    opened,
    provider,
    slack_of_jo,
    team,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

OURS = "sandbox-signing-secret"
ANOTHER = "another-workspaces-secret"
SECOND = {"T0SECOND": ("xoxb-second", ANOTHER)}


@pytest_asyncio.fixture
async def chat(world: World, sandbox: Sandbox) -> AsyncIterator[Chat]:
    sandbox.settings = replace(sandbox.settings, slack_workspaces=SECOND)
    await world.knows(
        provider(),
        mail_eu(),
        *both_channels(),
        team(),
        acme(jo()),
        people=[*addresses(), slack_of_jo()],
    )
    second = {"T0SECOND": {"token": "xoxb-second", "signing_secret": ANOTHER}}
    async with chatting(world, sandbox, slack_workspaces=second) as made:
        await world.hears(opened(world.snapshot()))
        await made.deliver()
        yield made


def event(chat: Chat, **more: Any) -> str:
    """Somebody's reply below our message."""
    [message] = chat.posts()
    body = {
        "type": "event_callback",
        "team_id": "T0SANDBOX",
        "event_id": "Ev1",
        "event": {
            "type": "message",
            "channel": message["to"][0],
            "user": "U0READER",
            "text": "Is it safe?",
            "ts": "1764000000.000001",
            "thread_ts": message["thread"],
        },
        **more,
    }
    return json.dumps(body)


async def heard(chat: Chat) -> int:
    return len(await chat.world.published(e.ReplyReceived))


async def test_what_slack_signed_is_heard(chat: Chat) -> None:
    assert await chat.calls("events", event(chat)) == 200
    assert await heard(chat) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": str(int(time.time()))},
        {"X-Slack-Signature": "v0=é", "X-Slack-Request-Timestamp": str(int(time.time()))},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "now"},
        {"X-Slack-Signature": "v0=00", "X-Slack-Request-Timestamp": "-1"},
        {"X-Slack-Signature": "v0=00"},
    ],
    ids=["none", "forged", "not-ascii", "no-number", "negative", "no-moment"],
)
async def test_what_slack_did_not_sign_is_refused(chat: Chat, headers: dict[str, str]) -> None:
    for kind in ("events", "interactivity", "commands"):
        assert await chat.calls(kind, event(chat), headers=headers) == 403
    assert await heard(chat) == 0


async def test_a_signature_over_other_words_is_refused(chat: Chat) -> None:
    headers = signed(OURS, event(chat))

    assert await chat.calls("events", event(chat, event_id="Ev2"), headers=headers) == 403
    assert await heard(chat) == 0


@pytest.mark.parametrize("seconds", [-400, 400])
async def test_what_is_older_than_five_minutes_or_from_the_future_is_refused(
    chat: Chat, seconds: int
) -> None:
    headers = signed(OURS, event(chat), at=time.time() + seconds)

    assert await chat.calls("events", event(chat), headers=headers) == 403
    assert await heard(chat) == 0


async def test_a_workspace_that_we_do_not_know_is_refused(chat: Chat) -> None:
    assert await chat.calls("events", event(chat, team_id="T0STRANGER")) == 403
    assert await heard(chat) == 0


async def test_one_workspaces_secret_signs_for_no_other(chat: Chat) -> None:
    foreign = signed(ANOTHER, event(chat))
    ours = event(chat, team_id="T0SECOND")

    assert await chat.calls("events", event(chat), headers=foreign) == 403
    assert await chat.calls("events", ours) == 403
    assert await heard(chat) == 0


async def test_a_giant_body_is_not_read_to_its_end(chat: Chat) -> None:
    body = event(chat, padding="x" * LONGEST_BODY)

    assert await chat.calls("events", body) == 413
    assert await heard(chat) == 0


async def test_bytes_that_are_no_text_are_refused(chat: Chat) -> None:
    async with (
        aiohttp.ClientSession() as session,
        session.post(
            f"{chat.url}/callbacks/slack/events",
            data=b"\xff\xfe",
            headers=signed(OURS, "x"),
        ) as answer,
    ):
        assert answer.status == 403


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("events", "{}"),
        ("events", "[]"),
        ("events", "no json"),
        ("events", '{"type": "event_callback", "team_id": "T0SANDBOX", "event": "x"}'),
        ("interactivity", "payload=nonsense"),
        ("interactivity", ""),
        ("commands", "command=%2Foutage"),
    ],
)
async def test_nonsense_that_is_signed_all_the_same_changes_nothing(
    chat: Chat, kind: str, body: str
) -> None:
    status = await chat.calls(kind, body, form=kind != "events")

    assert 400 <= status < 500
    assert await heard(chat) == 0


async def test_slack_verifies_the_address_of_its_events(chat: Chat) -> None:
    body = json.dumps({"type": "url_verification", "challenge": "3eZbrw1aB10F", "token": "x"})

    assert await chat.calls("events", body) == 200


async def test_a_button_that_names_a_message_elsewhere_answers_nothing(chat: Chat) -> None:
    [row] = await chat.world.rows(channel="slack")
    payload = {
        "type": "block_actions",
        "team": {"id": "T0SANDBOX"},
        "user": {"id": "U0READER"},
        "container": {"channel_id": "C0OTHER", "message_ts": "1764000000.000009"},
        "actions": [
            {
                "type": "button",
                "action_id": "tocsin_confirm",
                "block_id": "tocsin_answers",
                "value": row["id"],
                "action_ts": "1",
            }
        ],
    }
    body = urlencode({"payload": json.dumps(payload)})

    assert await chat.calls("interactivity", body, form=True) == 200
    assert await chat.world.published(e.ReplyConfirmed) == []


async def test_a_second_workspace_is_written_to_and_heard_by_its_own_token(chat: Chat) -> None:
    world = chat.world
    await world.knows(people=[address("jo", email="jo@acme.example", slack="T0SECOND/C0THERE")])
    await world.hears(opened(world.snapshot(id="0193-second", ref="INC-2042")))
    await chat.deliver()
    [message] = chat.posts(to="C0THERE")
    assert message["team"] == "T0SECOND"

    await chat.reads(message, click="Got it")

    [confirmed] = await world.published(e.ReplyConfirmed)
    assert confirmed.incident_id == "0193-second"
