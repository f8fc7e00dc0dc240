"""Somebody who reads Slack: what an app is called with, signed as Slack signs it."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qs

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web
from slack_sdk.errors import SlackApiError
from slack_sdk.signature import SignatureVerifier
from slack_sdk.web.async_client import AsyncWebClient

from devstack.sandbox import Sandbox

SECRET = "sandbox-signing-secret"
BUTTONS = [
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": f"app_{word}",
                "text": {"type": "plain_text", "text": label},
                "value": "d-1",
            }
            for word, label in (("confirm", "Got it"), ("ask", "I have a question"))
        ],
    }
]
VIEW = {
    "type": "modal",
    "callback_id": "question",
    "private_metadata": "d-1",
    "title": {"type": "plain_text", "text": "Your question"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "b",
            "label": {"type": "plain_text", "text": "What?"},
            "element": {"type": "plain_text_input", "action_id": "a"},
        }
    ],
}


@dataclass
class App:
    """An app that keeps what it is called with; it opens a form where it is asked to."""

    client: AsyncWebClient
    calls: list[tuple[str, Any]] = field(default_factory=list)
    retries: list[str | None] = field(default_factory=list)
    status: int = 200
    trigger: str = ""

    async def called(self, request: web.Request) -> web.Response:
        body = await request.text()
        assert SignatureVerifier(SECRET).is_valid_request(body, dict(request.headers))
        self.retries.append(request.headers.get("X-Slack-Retry-Num"))
        kind = request.match_info["kind"]
        fields = parse_qs(body)
        said = json.loads(body) if kind == "events" else fields
        if "payload" in fields:
            said = json.loads(fields["payload"][0])
            self.trigger = said.get("trigger_id", self.trigger)
            if said["type"] == "block_actions" and said["actions"][0]["action_id"] == "app_ask":
                await self.client.views_open(trigger_id=self.trigger, view=VIEW)
        self.calls.append((kind, said))
        return web.json_response({}, status=self.status)


@pytest_asyncio.fixture
async def app(sandbox: Sandbox) -> AsyncIterator[App]:
    async with aiohttp.ClientSession() as session:
        client = AsyncWebClient(token="xoxb-sandbox", base_url=sandbox.slack_url, session=session)
        made = App(client)
        served = web.Application()
        served.router.add_post("/callbacks/slack/{kind}", made.called)
        runner = web.AppRunner(served, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        sandbox.settings = replace(sandbox.settings, dispatcher_url=url)
        await client.chat_postMessage(channel="C0ACME", text="down", blocks=BUTTONS)
        yield made
        await runner.cleanup()


async def answer(sandbox: Sandbox, **does: Any) -> tuple[int, dict[str, Any]]:
    [message] = sandbox.messages()
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{sandbox.url}/answer", json={"message_id": message["id"], **does}) as said,
    ):
        return said.status, await said.json()


async def test_a_press_names_the_message_the_button_and_who_it_was(
    app: App, sandbox: Sandbox
) -> None:
    status, done = await answer(sandbox, click="got it", by="U0JO")

    assert (status, done["pressed"], done["status"]) == (200, "Got it", 200)
    [(kind, payload)] = app.calls
    assert kind == "interactivity"
    assert payload["user"]["id"] == "U0JO"
    assert payload["container"]["message_ts"] == sandbox.messages()[0]["thread"]
    assert payload["actions"][0]["value"] == "d-1"


async def test_a_form_opens_and_is_sent_with_what_was_typed(app: App, sandbox: Sandbox) -> None:
    _, done = await answer(sandbox, click="ask", reply="Is it safe?")

    assert done["form"]["private_metadata"] == "d-1"
    submitted = app.calls[-1][1]
    assert submitted["type"] == "view_submission"
    assert submitted["view"]["state"]["values"]["b"]["a"]["value"] == "Is it safe?"


async def test_a_form_opens_once_for_a_press_and_only_soon(app: App, sandbox: Sandbox) -> None:
    await answer(sandbox, click="ask")

    with pytest.raises(SlackApiError, match="exchanged_trigger_id"):
        await app.client.views_open(trigger_id=app.trigger, view=VIEW)
    with pytest.raises(SlackApiError, match="invalid_trigger_id"):
        await app.client.views_open(trigger_id="never", view=VIEW)
    long = {**VIEW, "title": {"type": "plain_text", "text": "x" * 25}}
    fresh = sandbox.slack.views.trigger()
    with pytest.raises(SlackApiError, match="invalid_arguments"):
        await app.client.views_open(trigger_id=fresh, view=long)


async def test_a_reply_stands_in_the_thread(app: App, sandbox: Sandbox) -> None:
    await answer(sandbox, reply="Is it safe?")

    [(kind, body)] = app.calls
    [message] = sandbox.messages()
    assert kind == "events"
    assert body["event"]["thread_ts"] == message["thread"]
    assert message["replies"] == [
        {"user": "U0READER", "text": "Is it safe?", "ts": body["event"]["ts"]}
    ]


async def test_an_event_that_fails_comes_again_with_its_number(app: App, sandbox: Sandbox) -> None:
    app.status = 500

    _, done = await answer(sandbox, reply="Is it safe?")

    assert done["status"] == 500
    assert app.retries == [None, "1"]
    assert app.calls[0][1]["event_id"] == app.calls[1][1]["event_id"]


async def test_what_begins_with_a_slash_is_a_command(app: App, sandbox: Sandbox) -> None:
    await answer(sandbox, reply="/outage now")

    [(kind, form)] = app.calls
    assert kind == "commands"
    assert (form["command"], form["text"], form["channel_id"]) == (["/outage"], ["now"], ["C0ACME"])


async def test_a_button_that_is_not_there_is_said_so(app: App, sandbox: Sandbox) -> None:
    status, done = await answer(sandbox, click="Take")

    assert status == 422
    assert done["detail"] == "The message has no link to this machine."


async def test_a_person_has_one_conversation(app: App, sandbox: Sandbox) -> None:
    found = await app.client.users_lookupByEmail(email="Jo@acme.example")
    user = found["user"]["id"]
    first = await app.client.conversations_open(users=user)
    again = await app.client.conversations_open(users=user)

    assert first["channel"]["id"] == again["channel"]["id"]
    assert (first["already_open"], again["already_open"]) == (False, True)
    with pytest.raises(SlackApiError, match="users_not_found"):
        await app.client.users_lookupByEmail(email="nobody@acme.example")
    with pytest.raises(SlackApiError, match="user_not_found"):
        await app.client.conversations_open(users="C0ACME")
