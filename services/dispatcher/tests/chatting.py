"""A dispatcher that really speaks to Slack: it posts to the sandbox, which calls it back."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from typing import Any

import aiohttp
import uvicorn
from dispatcher.callbacks.slack import slack_front
from dispatcher.channels.registry import build_channels
from dispatcher.settings import Settings
from pydantic import SecretStr
from starlette.applications import Starlette
from tocsin_contracts.words import Channel

from devstack.sandbox.server import Sandbox
from devstack.sandbox.slack_calls import signed
from services.dispatcher.tests.world import World, settings

HOST = "127.0.0.1"
Item = dict[str, Any]


@dataclass(frozen=True)
class Chat:
    """``url`` is where Slack reaches the dispatcher."""

    world: World
    sandbox: Sandbox
    url: str

    def posts(self, to: str | None = None) -> list[Item]:
        return self.sandbox.messages(channel="slack", to=to)

    async def deliver(self) -> list[Item]:
        """Send what is due and edit what changed by that; all messages so far."""
        await self.world.deliver()
        await self.world.core.editor.run_due()
        return self.posts()

    async def reads(self, message: Item, **does: Any) -> Item:
        """What the sandbox answers to ``POST /answer``; then what changed is edited."""
        asked = {"message_id": message["id"], **does}
        async with (
            aiohttp.ClientSession() as session,
            session.post(f"{self.sandbox.url}/answer", json=asked) as answer,
        ):
            body: Item = await answer.json()
            assert answer.status == 200, body
        await self.world.core.editor.run_due()
        return body

    async def calls(
        self, kind: str, body: str, *, headers: dict[str, str] | None = None, form: bool = False
    ) -> int:
        """A request as anybody could send it; signed as Slack does unless ``headers`` are given."""
        own = signed(self.sandbox.settings.slack_signing_secret, body)
        types = ("application/x-www-form-urlencoded", "application/json")
        given = {"Content-Type": types[0 if form else 1], **(own if headers is None else headers)}
        async with (
            aiohttp.ClientSession() as session,
            session.post(
                f"{self.url}/callbacks/slack/{kind}", data=body.encode(), headers=given
            ) as answer,
        ):
            return answer.status


def buttons(message: Item) -> dict[str, str]:
    """Label and value of each."""
    return {
        element["text"]["text"]: element["value"]
        for block in message["body"].get("blocks", [])
        if block["type"] == "actions"
        for element in block["elements"]
    }


def shown(message: Item) -> str:
    return json.dumps(message["body"].get("blocks"), ensure_ascii=False)


def slack_settings(sandbox: Sandbox, **given: Any) -> Settings:
    return settings(
        **{
            "slack_bot_token": SecretStr(sandbox.settings.slack_token),
            "slack_signing_secret": SecretStr(sandbox.settings.slack_signing_secret),
            "slack_base_url": sandbox.slack_url,
            "slack_seconds_per_message": 0,
            **given,
        }
    )


@contextlib.asynccontextmanager
async def chatting(world: World, sandbox: Sandbox, **given: Any) -> AsyncIterator[Chat]:
    chosen = slack_settings(sandbox, **given)
    slack = build_channels(chosen, egress="loopback", environment="development")[Channel.SLACK]
    world.channels[Channel.SLACK] = slack  # type: ignore[assignment]
    core = world.core = world.another_process()
    front = slack_front(
        chosen,
        egress="loopback",
        environment="development",
        database=world.database,
        replies=core.replies,
        composer=core.composer,
        clock=world.clock,
    )
    async with _serving(Starlette(routes=front.routes)) as url:
        sandbox.settings = replace(sandbox.settings, dispatcher_url=url)
        yield Chat(world, sandbox, url)
    await front.close()
    await slack.close()


@contextlib.asynccontextmanager
async def _serving(app: Starlette) -> AsyncIterator[str]:
    listening = socket.socket()
    listening.bind((HOST, 0))
    server = uvicorn.Server(uvicorn.Config(app, lifespan="off", log_config=None))
    task = asyncio.create_task(server.serve(sockets=[listening]))
    yield f"http://{HOST}:{listening.getsockname()[1]}"
    server.should_exit = True
    await task
