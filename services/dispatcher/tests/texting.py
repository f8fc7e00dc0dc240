"""A dispatcher that really sends text messages: they go to the sandbox, which calls back."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import aiohttp
import uvicorn
from dispatcher.callbacks.short_parts import short_routes
from dispatcher.callbacks.twilio import text_routes
from dispatcher.channels.registry import build_channels
from dispatcher.core import Core
from dispatcher.settings import Settings
from pydantic import SecretStr
from starlette.routing import BaseRoute
from tocsin_contracts.words import Channel
from tocsin_runtime.health_app import health_app

from devstack.sandbox import server
from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.world import World, settings

HOST = "127.0.0.1"
PATIENCE = aiohttp.ClientTimeout(total=10)


@dataclass(frozen=True)
class Texts:
    """``url`` is where the network and readers reach the dispatcher."""

    world: World
    sandbox: Sandbox
    url: str

    async def arrive(self) -> list[dict[str, Any]]:
        """Send what is due; every text so far."""
        await self.world.deliver()
        return self.all()

    def all(self) -> list[dict[str, Any]]:
        return self.sandbox.messages(channel="sms")

    async def row(self) -> dict[str, Any]:
        return (await self.world.rows(channel="sms"))[-1]

    async def state(self) -> str:
        return str((await self.row())["state"])

    async def reports(self, *statuses: str) -> None:
        """The network tells of the newest text: ``delivered``, ``undelivered 30003``."""
        sid = self.all()[-1]["sid"]
        for said in statuses:
            status, _, code = said.partition(" ")
            answer = await self.sandbox.texts.report(sid, status, code or None)
            assert answer["status"] == 204

    async def writes(self, number: str, text: str) -> dict[str, Any]:
        """Somebody texts our number."""
        answer = await self.sandbox.texts.receive(number, text)
        assert answer["status"] == 200
        return answer

    async def posts(self, place: str, fields: dict[str, str], signature: str | None = None) -> int:
        """A call-back as anybody could send it; signed by Twilio unless ``signature`` is given."""
        url = f"{self.url}/callbacks/twilio/{place}"
        signed = self.sandbox.twilio.signature(url, fields) if signature is None else signature
        headers = {"X-Twilio-Signature": signed}
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.post(url, data=fields, headers=headers) as answer,
        ):
            return answer.status

    async def opens(self, url: str) -> tuple[int, str]:
        """Somebody opens a link: the status, and where it leads."""
        async with (
            aiohttp.ClientSession(timeout=PATIENCE) as session,
            session.get(url, allow_redirects=False) as answer,
        ):
            return answer.status, answer.headers.get("Location", "")


@contextlib.asynccontextmanager
async def texts(world: World, **given: Any) -> AsyncIterator[Texts]:
    listening = socket.socket()
    listening.bind((HOST, 0))
    listening.listen()
    url = f"http://{HOST}:{listening.getsockname()[1]}"
    async with Sandbox(server.Settings(dispatcher_url=url)) as sandbox:
        ours = settings(**_twilio(sandbox), dispatcher_public_url=url, **given)
        sms = build_channels(ours, egress="loopback", environment="development", base=url)[
            Channel.SMS
        ]
        world.channels[Channel.SMS] = sms  # type: ignore[assignment]
        world.core = world.another_process(dispatcher_public_url=url, **given)
        async with _serving(_routes(ours, world.core), listening):
            yield Texts(world, sandbox, url)
        await sms.close()


def _twilio(sandbox: Sandbox) -> dict[str, Any]:
    return {
        "twilio_account_sid": sandbox.settings.twilio_account_sid,
        "twilio_auth_token": SecretStr(sandbox.settings.twilio_auth_token),
        "twilio_base_url": sandbox.twilio_url,
        "sms_from": sandbox.settings.twilio_number,
    }


def _routes(given: Settings, core: Core) -> list[BaseRoute]:
    return [
        *short_routes(core.database, core.clock, core.composer.links),
        *text_routes(
            given, core.receipts, core.suppressions, core.replies, core.database, core.clock
        ),
    ]


@contextlib.asynccontextmanager
async def _serving(routes: list[BaseRoute], listening: socket.socket) -> AsyncIterator[None]:
    server = uvicorn.Server(uvicorn.Config(health_app(routes), log_config=None, access_log=False))
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        yield
    finally:
        server.should_exit = True
        await serving
