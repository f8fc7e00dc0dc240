"""The clock jumps, the database is away: nothing twice, nothing missed, late ones say so."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity
from tocsin_runtime.database import Database

from devstack.backing.choice import PostgresServer
from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_the_clock_jumps_an_hour_ahead(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(10)
    world.clock.advance(hours=1)
    await world.look()
    await world.at(100)

    fired = await called(world)
    assert fired == [(15, 70, 55 * 60), (75, 75, None), (80, 80, None)]


async def test_the_clock_jumps_an_hour_back_after_a_call(world: World) -> None:
    """The repeats keep their moments; what was called at is not called for again."""
    await Outage(world, Severity.SEV2).opens()
    await world.at(16)
    world.clock.advance(hours=-1)
    await world.look()
    await world.at(60)

    assert await called(world) == [(15, 15, None), (20, 20, None), (25, 25, None)]


async def test_the_clock_jumps_ahead_and_back_again(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(10)
    world.clock.advance(hours=1)
    await world.look()
    world.clock.advance(hours=-1)
    await world.look()
    await world.at(100)

    assert [due for due, _, _ in await called(world)] == [15, 75, 80]


async def test_the_database_is_away_for_a_minute(
    world: World, database: Database, postgres_server: PostgresServer
) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(14.5)
    stop = asyncio.Event()
    timers = asyncio.create_task(world.core.timers.run(stop))
    async with away(database, postgres_server):
        world.clock.advance(seconds=90)
        world.core.timers.wake()
        await asyncio.sleep(0)
        assert not timers.done()
    async with asyncio.timeout(60):
        while not await called(world):
            world.core.timers.wake()
            await asyncio.sleep(0.05)
    stop.set()
    await timers
    await world.look()

    assert await called(world) == [(15, 16, 60)]


async def called(world: World) -> list[tuple[float, float, int | None]]:
    """Of each call the minute it was due, the one it was made, and how late it says it was."""
    return [
        (world.minute(one.due_at), world.minute(one.at), one.late_by_seconds)
        for one in await world.published(e.StepFired)
    ]


@asynccontextmanager
async def away(database: Database, server: PostgresServer) -> AsyncIterator[None]:
    """Every session is ended, and none is let in."""
    async with database.connection() as conn:
        name: str = await conn.fetchval("SELECT current_database()")
    admin = await asyncpg.connect(server.url)
    try:
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS false')
        await admin.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1", name
        )
        with pytest.raises(asyncpg.ObjectNotInPrerequisiteStateError):
            await asyncpg.connect(server.url.rpartition("/")[0] + f"/{name}")
        yield
        await admin.execute(f'ALTER DATABASE "{name}" ALLOW_CONNECTIONS true')
    finally:
        await admin.close()
