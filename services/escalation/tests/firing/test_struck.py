"""A process is killed, or stalls, anywhere in a firing: another makes each call, once."""

from __future__ import annotations

import asyncio
import os
import signal
from multiprocessing.process import BaseProcess

import psutil
import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity

from services.escalation.tests.firing.replica import Strike, replica
from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration
MORE_THAN_ANY_FIRING_HAS = 200


@pytest.mark.timeout(400)
async def test_killed_after_any_statement_each_call_is_made_once(world: World, dsn: str) -> None:
    before, after = 0, 0
    for number in range(1, MORE_THAN_ANY_FIRING_HAS):
        outage = await an_outage_of_two_that_is_due(world)
        struck = replica(dsn, world.clock.now(), strike=Strike(number, signal.SIGKILL))
        if await ended(struck) == 0:
            break
        assert struck.exitcode == -signal.SIGKILL
        told = await told_of(world, outage)
        before, after = before + (not told), after + bool(told)
        assert told in ([], ONCE)
        assert await ended(replica(dsn, world.clock.now())) == 0
        assert await told_of(world, outage) == ONCE
        assert await calls_of(world, outage) == [("acme", 1, 0), ("beta", 1, 0)]
        assert await next_moments(world, outage) == [16]
        await outage.is_resolved()
    else:
        pytest.fail("it was struck each time")
    assert before > len(("claim", "load", "write", "tell", "arm"))
    assert after > 0


async def test_a_process_that_stalls_in_a_firing_does_nothing_twice_when_it_goes_on(
    world: World, dsn: str
) -> None:
    """The server ends its transaction meanwhile, as it does with any that idles for 30 seconds."""
    outage = await an_outage_of_two_that_is_due(world)
    stalled = replica(dsn, world.clock.now(), strike=Strike(10, signal.SIGSTOP))
    assert stalled.pid is not None
    while psutil.Process(stalled.pid).status() != psutil.STATUS_STOPPED:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    world.clock.advance(seconds=40)
    assert await told_of(world, outage) == []
    await end_idle_transactions(world)
    assert await ended(replica(dsn, world.clock.now())) == 0
    os.kill(stalled.pid, signal.SIGCONT)
    assert await ended(stalled) == 0

    assert await told_of(world, outage) == ONCE
    fired = [f for f in await world.published(e.StepFired) if f.step == 1]
    assert [one.late_by_seconds for one in fired] == [40]


ONCE = ["PromiseAtRisk", "PromiseAtRisk", "StepFired"]
"""The deputy is called for both clients at once, and both may wait in vain for their word."""


async def an_outage_of_two_that_is_due(world: World) -> Outage:
    """Opened a quarter of an hour ago: the deputy's moment has come, and the promise is near."""
    outage = Outage(world, Severity.SEV2, clients=("acme", "beta"))
    outage.promise(word=16)
    await outage.opens()
    world.clock.advance(minutes=15)
    world.start = outage.snapshot.started_at
    return outage


async def ended(process: BaseProcess) -> int | None:
    await asyncio.to_thread(process.join, 60)
    return process.exitcode


async def told_of(world: World, outage: Outage) -> list[str]:
    """What was published of the outage since its opening, but for reminders of the NOC."""
    told = await world.published(e.EscalationEvent)
    names = [type(one).__name__ for one in told if one.incident.id == outage.id]
    return sorted(name for name in names if name in ("PromiseAtRisk", "StepFired"))


async def calls_of(world: World, outage: Outage) -> list[tuple[str, int, int]]:
    async with world.database.connection() as conn:
        rows = await conn.fetch(
            "SELECT client_key, step, number FROM calls WHERE incident_id = $1 ORDER BY client_key",
            outage.id,
        )
    return [tuple(row) for row in rows]


async def next_moments(world: World, outage: Outage) -> list[float]:
    async with world.database.connection() as conn:
        rows = await conn.fetch("SELECT due_at FROM timers WHERE subject = $1", outage.id)
    return [world.minute(row["due_at"]) for row in rows]


async def end_idle_transactions(world: World) -> None:
    async with world.database.connection() as conn:
        ended = await conn.fetch(
            """SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity
               WHERE datname = current_database() AND state = 'idle in transaction'"""
        )
    assert len(ended) == 1
