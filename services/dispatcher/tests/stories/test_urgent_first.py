"""A critical outage passes whatever waits of lesser ones, and no slow provider is in its way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import pytest
from dispatcher.channels.port import Accepted, Destination, RenderedMessage, SendOutcome
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, Severity

from services.dispatcher.tests.facts import address, opened
from services.dispatcher.tests.minor import gold_with, knows, minor, promising
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

BACKLOG = 5_000
BY_MAIL_AND_SLACK = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL, Channel.SLACK))
PATIENCE = 30
"""Seconds until a story that hangs is given up; nothing is measured."""


@dataclass
class SlowChannel:
    """A provider that answers once ``lets_go`` is set; ``urgent`` says what is waited for."""

    name: Channel
    concurrency: int = 4
    order: list[str] = field(default_factory=list)
    lets_go: asyncio.Event = field(default_factory=asyncio.Event)
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    urgent: asyncio.Event = field(default_factory=asyncio.Event)

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(
        self,
        message: RenderedMessage,
        to: Destination,
        *,
        idempotency_key: str,
    ) -> SendOutcome:
        self.order.append(message.subject)
        self.begun.set()
        if "INC-2042" in message.subject:
            self.urgent.set()
        await self.lets_go.wait()
        return Accepted(idempotency_key)


async def waiting(world: World, count: int) -> None:
    """``count`` mails of a moderate outage are due, each to a mailbox of its own."""
    await world.hears(opened(minor(world), audience=promising(world)))
    async with world.database.connection() as conn:
        await conn.execute("DELETE FROM deliveries WHERE channel <> 'email'")
        columns = [
            row["column_name"]
            for row in await conn.fetch(
                """SELECT column_name FROM information_schema.columns
                   WHERE table_name = 'deliveries'
                     AND column_name NOT IN ('position', 'id', 'thread', 'limits')"""
            )
        ]
        names = ", ".join(columns)
        await conn.execute(
            f"""INSERT INTO deliveries (id, thread, {names})
                SELECT 'd-' || n, 'thread-' || n, {names}
                FROM deliveries, generate_series(1, $1) AS n""",
            count,
        )
        await conn.execute("DELETE FROM deliveries WHERE id NOT LIKE 'd-%'")


@asynccontextmanager
async def sending(world: World) -> AsyncIterator[None]:
    """The worker runs as it does in a process, until the story is over."""
    stop = asyncio.Event()
    task = asyncio.create_task(world.core.worker.run(stop))
    yield
    stop.set()
    for channel in world.channels.values():
        if isinstance(channel, SlowChannel):
            channel.lets_go.set()
    await task


async def test_a_critical_outage_passes_five_thousand_mails_that_wait(world: World) -> None:
    email, slack = SlowChannel(Channel.EMAIL), SlowChannel(Channel.SLACK)
    slack.lets_go.set()
    world.channels = {Channel.EMAIL: email, Channel.SLACK: slack}  # type: ignore[dict-item]
    world.core = world.another_process()
    jo = address("jo", email="jo@acme.example", slack="C024")
    await knows(world, gold_with(BY_MAIL_AND_SLACK), people=[jo])
    await waiting(world, BACKLOG)

    async with sending(world), asyncio.timeout(PATIENCE):
        await email.begun.wait()
        critical = minor(world, 2042, severity=Severity.SEV1)
        await world.hears(opened(critical, audience=promising(world)))
        # The other channel tells it while this one's provider still has not answered once.
        await slack.urgent.wait()
        assert len(email.order) == email.concurrency
        email.lets_go.set()
        await email.urgent.wait()

    place = next(place for place, subject in enumerate(email.order) if "INC-2042" in subject)
    # Nothing but what was claimed already goes before it: a few for each connection.
    assert place <= 2 * 4 * email.concurrency
    left = await world.rows(channel="email", state="pending")
    assert len(left) > BACKLOG - 1000
