"""Fan-out of each channel against its provider's bare client library, to the same sandbox.

No stack: a channel is given messages that are rendered already, as many at once as it takes, and
the bare library as many at once. What ours does beside is what it is for: one recipient a message,
outcomes, signatures, shortening, addresses looked at as they are dialled.
"""

from __future__ import annotations

import asyncio
import re
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager

import uvloop
from dispatcher.channels.port import Accepted, Channel, Destination
from dispatcher.channels.registry import build_channels
from tocsin_contracts import words

from bench.bare import clients
from bench.bare.clients import Said, Send
from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.entries import ENTRIES
from services.dispatcher.tests.conformance.entry import Entry
from services.dispatcher.tests.conformance.provider import message, settings_for

MESSAGES = 500
TURNS = 3
AIM = 0.5
NOBODY = "http://localhost/callbacks"
"""Where ours, too, has providers call back to: nobody listens."""
PATIENCE_SECONDS = 30.0
BARE: dict[words.Channel, Callable[[Said], Awaitable[Send]]] = {
    words.Channel.EMAIL: clients.email,
    words.Channel.SMS: clients.sms,
    words.Channel.VOICE: clients.voice,
    words.Channel.SLACK: clients.slack,
    words.Channel.TEAMS: clients.teams,
    words.Channel.WEBHOOK: clients.webhook,
    words.Channel.APPRISE: clients.apprise,
}


def run() -> bool:
    return uvloop.run(_run())


async def _run() -> bool:
    async with _sandbox() as sandbox:
        ratios = [await _measured(entry, sandbox) for entry in ENTRIES]
    met = all(ratio >= AIM for ratio in ratios)
    print(f"channels  the slowest is {min(ratios):.2f} of its bare library (aim {AIM})\n")
    return met


@asynccontextmanager
async def _sandbox() -> AsyncIterator[Sandbox]:
    """A sandbox in a process of its own, and one of ours that says where it is."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "devstack.sandbox", "--http-port", "0", "--smtp-port", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    ports = re.findall(rb":(\d+)", await process.stdout.readline())
    there = Sandbox()
    there.http_port, there.smtp_port = map(int, ports)
    try:
        yield there
    finally:
        process.terminate()
        await process.wait()


async def _measured(entry: Entry, sandbox: Sandbox) -> float:
    settings = settings_for(sandbox, patience=PATIENCE_SECONDS)
    channel = build_channels(settings, egress="loopback", environment="development")[entry.channel]
    await channel.open()
    ours = _ours(channel, entry, sandbox)
    seconds: dict[str, list[float]] = {"bare": [], "ours": []}
    async with AsyncExitStack() as until_done:
        bare = await BARE[entry.channel](_said(sandbox, channel.concurrency, until_done))
        for _ in range(TURNS):
            seconds["bare"].append(await _fan_out(bare, channel.concurrency))
            seconds["ours"].append(await _fan_out(ours, channel.concurrency))
    await channel.close()
    rates = {name: MESSAGES / min(spent) for name, spent in seconds.items()}
    ratio = rates["ours"] / rates["bare"]
    print(
        f"channels  {entry.name:8} {channel.concurrency:3} at once: bare {rates['bare']:6,.0f}/s,"
        f" Tocsin {rates['ours']:6,.0f}/s, ratio {ratio:.2f}"
    )
    return ratio


def _ours(channel: Channel, entry: Entry, sandbox: Sandbox) -> Send:
    async def send(number: int) -> None:
        to = Destination(entry.channel, entry.address_of(sandbox, number))
        key = f"d-{number}"
        outcome = await channel.send(message(key), to, idempotency_key=key)
        if not isinstance(outcome, Accepted):
            raise RuntimeError(f"{entry.name}: {outcome}")

    return send


async def _fan_out(send: Send, at_once: int) -> float:
    waiting = iter(range(MESSAGES))

    async def worker() -> None:
        for number in waiting:
            await send(number)

    began = time.perf_counter()
    await asyncio.gather(*(worker() for _ in range(at_once)))
    return time.perf_counter() - began


def _said(sandbox: Sandbox, at_once: int, until_done: AsyncExitStack) -> Said:
    said, settings = message(), sandbox.settings
    return Said(
        subject=said.subject,
        text=said.text,
        html=said.html or "",
        url=sandbox.url,
        smtp_port=sandbox.smtp_port,
        webhook_secret=settings.webhook_secret,
        twilio_account=settings.twilio_account_sid,
        twilio_token=settings.twilio_auth_token,
        sender=settings.twilio_number,
        teams_url=lambda number: sandbox.teams.url(f"bare-{number}"),
        callback=NOBODY,
        at_once=at_once,
        until_done=until_done,
    )
