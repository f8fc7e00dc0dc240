"""A dispatcher that really telephones: its calls go to the sandbox, which asks it what to say."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvicorn
from dispatcher.callbacks.voice_parts import call_watch, voice_routes
from dispatcher.callbacks.voice_watch import CallWatch
from dispatcher.channels.registry import build_channels
from pydantic import SecretStr
from starlette.applications import Starlette
from tocsin_contracts.words import Channel

from devstack.sandbox.server import Sandbox
from devstack.sandbox.voice_phone import Habit
from services.dispatcher.tests.world import World, settings

HOST = "127.0.0.1"


@dataclass(frozen=True)
class Telephones:
    """``url`` is where the telephone network reaches the dispatcher."""

    world: World
    sandbox: Sandbox
    url: str
    watch: CallWatch

    def behaves(self, **habit: Any) -> None:
        self.sandbox.calls.phones.put(Habit(**habit))

    async def ring(self) -> list[dict[str, Any]]:
        """Send what is due, until every call is over; all calls so far."""
        await self.world.deliver()
        await self.sandbox.calls.idle()
        await self.world.deliver()
        return self.calls()

    async def ring_later(self, **amount: float) -> list[dict[str, Any]]:
        self.world.clock.advance(**amount)
        return await self.ring()

    def calls(self) -> list[dict[str, Any]]:
        return [item["body"] for item in self.sandbox.messages(channel="voice")]

    async def row(self) -> dict[str, Any]:
        return (await self.world.rows(channel="voice"))[-1]

    async def posts(
        self, place: str, fields: dict[str, str], *, signature: str | None = None, **query: str
    ) -> int:
        """A call-back as anybody could send it; signed by Twilio unless ``signature`` is given."""
        asked = "&".join(f"{name}={value}" for name, value in query.items())
        url = f"{self.url}/callbacks/twilio/voice/{place}?{asked}"
        signed = signature or self.sandbox.twilio.signature(url, fields)
        headers = {"X-Twilio-Signature": signed}
        async with (
            aiohttp.ClientSession() as session,
            session.post(url, data=fields, headers=headers) as answer,
        ):
            return answer.status


def said(call: dict[str, Any]) -> str:
    """Everything that the call said, in order."""
    return " ".join(line["said"] for line in call["transcript"] if line["who"] == "call")


async def stopped(watch: CallWatch) -> None:
    stop = asyncio.Event()
    stop.set()
    await watch.run(stop)


@contextlib.asynccontextmanager
async def telephones(world: World, sandbox: Sandbox) -> AsyncIterator[Telephones]:
    listening = socket.socket()
    listening.bind((HOST, 0))
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    given = settings(
        dispatcher_public_url=url,
        twilio_account_sid=sandbox.settings.twilio_account_sid,
        twilio_auth_token=SecretStr(sandbox.settings.twilio_auth_token),
        twilio_base_url=sandbox.twilio_url,
        voice_from=sandbox.settings.twilio_number,
    )
    voice = build_channels(given, egress="loopback", environment="development", base=url)[
        Channel.VOICE
    ]
    world.channels[Channel.VOICE] = voice  # type: ignore[assignment]
    core = world.core = world.another_process(dispatcher_public_url=url)
    routes = voice_routes(
        given, core.composer, core.replies, core.receipts, world.database, core.outbox, world.clock
    )
    [watch] = call_watch(given, core.receipts, world.database, core.outbox, world.clock)
    server = uvicorn.Server(
        uvicorn.Config(Starlette(routes=routes), log_config=None, access_log=False)
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    await voice.open()
    try:
        yield Telephones(world, sandbox, url, watch)
    finally:
        await stopped(watch)
        await voice.close()
        server.should_exit = True
        await serving
