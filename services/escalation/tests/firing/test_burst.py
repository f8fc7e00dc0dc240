"""Many outages are due at once, and several processes are there to call."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import timedelta

import pytest
from escalation.cases import looking
from escalation.cases.case import Case
from escalation.firing import handlers
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity
from tocsin_runtime.database import Database, lock_subjects

from services.escalation.tests.firing.replica import meeting, replica
from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration
OUTAGES = 40


async def test_two_processes_share_what_is_due_and_make_each_call_once(
    world: World, dsn: str
) -> None:
    outages = await opened(world, OUTAGES)
    for minute in (15, 20, 25):
        world.clock.set(world.start + timedelta(minutes=minute))
        both = meeting(2)
        replicas = [replica(dsn, world.clock.now(), together=both, batch=3) for _ in range(2)]
        for process in replicas:
            await asyncio.to_thread(process.join, 60)
        assert [process.exitcode for process in replicas] == [0, 0]

    fired = await world.published(e.StepFired)
    seen = sorted((one.incident.id, one.step, one.call) for one in fired)
    assert seen == sorted((one.id, 1, call) for one in outages for call in range(3))


async def test_what_one_process_is_firing_another_passes_over(
    world: World, database: Database
) -> None:
    """Half of the outages are being fired by a process that has not committed yet."""
    outages = await opened(world, 4)
    first, second = outages[:2], outages[2:]
    world.clock.set(world.start + timedelta(minutes=15))
    async with database.transaction() as conn:
        await lock_subjects(conn, ids(first))
        await world.look()
        assert {f.incident.id for f in await world.published(e.StepFired)} == ids(second)
    await world.look()
    assert {f.incident.id for f in await world.published(e.StepFired)} == ids(outages)


async def test_an_outage_that_cannot_be_decided_keeps_no_other_from_its_call(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is tried again a minute later, and says by then that it is late."""
    outages = await opened(world, 7)
    broken = outages[4]
    monkeypatch.setattr(handlers, "look", failing_for(broken))
    world.clock.set(world.start + timedelta(minutes=15))
    await world.look()
    called = {fired.incident.id for fired in await world.published(e.StepFired)}
    assert called == ids(outages) - {broken.id}

    monkeypatch.setattr(handlers, "look", looking.look)
    await world.at(15.5)
    assert len(await world.published(e.StepFired)) == 6
    await world.at(16)
    [last] = [f for f in await world.published(e.StepFired) if f.incident.id == broken.id]
    assert (world.minute(last.at), last.late_by_seconds) == (16, 60)


async def opened(world: World, count: int) -> list[Outage]:
    outages = [Outage(world, Severity.SEV2) for _ in range(count)]
    for outage in outages:
        await outage.opens()
    return outages


def ids(outages: list[Outage]) -> set[str]:
    return {outage.id for outage in outages}


def failing_for(outage: Outage) -> Callable[[Case], None]:
    def look(case: Case) -> None:
        if case.incident.id == outage.id:
            raise KeyError("lane")
        looking.look(case)

    return look
