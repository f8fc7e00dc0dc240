"""The database goes away while messages are under way: each is sent once, and recorded once."""

from __future__ import annotations

import asyncio

import pytest
from dispatcher.channels.port import Destination, RenderedMessage, SendOutcome
from tocsin_contracts.words import Channel
from tocsin_runtime.database import Database, database_is_away

from services.dispatcher.tests.facts import opened
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def cut_all_connections(database: Database) -> int:
    """As a restart of PostgreSQL does; how many were cut."""
    async with database.connection() as conn:
        cut = await conn.fetchval(
            """SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
               WHERE datname = current_database() AND pid <> pg_backend_pid()"""
        )
    return int(cut)


async def test_each_message_goes_once_although_every_connection_is_cut(world: World) -> None:
    await world.knows_acme()
    for number in range(60):
        await world.hears(opened(world.snapshot(id=f"inc-{number}", ref=f"INC-{number}")))
    mail = world.channels[Channel.EMAIL]
    send = mail.send
    cuts = 0

    async def while_the_database_goes_away(
        message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        nonlocal cuts
        if len(mail.sent) % 20 == 7:
            try:
                cuts += await cut_all_connections(world.database)
            except Exception as error:
                if not database_is_away(error):
                    raise
                cuts += 1
        return await send(message, to, idempotency_key=idempotency_key)

    mail.send = while_the_database_goes_away  # type: ignore[method-assign]
    stop = asyncio.Event()
    running = asyncio.create_task(world.core.worker.run(stop))
    async with asyncio.timeout(60):
        while not await all_accepted(world):  # noqa: ASYNC110
            await asyncio.sleep(0.05)
    stop.set()
    await running

    assert cuts > 0, "the database never went away"
    assert len(mail.sent) == 120
    assert len({sent.key for sent in mail.sent}) == 120


async def all_accepted(world: World) -> bool:
    try:
        return {row["state"] for row in await world.rows()} == {"accepted"}
    except Exception as error:
        if not database_is_away(error):
            raise
        return False
