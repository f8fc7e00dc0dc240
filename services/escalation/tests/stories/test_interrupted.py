"""Our own service is interrupted: nothing twice, nothing missed, and what is late says so."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import pytest
from escalation.firing.recovery import Recovery
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity
from tocsin_runtime.database import Database

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_a_restart_between_two_calls_changes_nothing(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(16)
    await world.away_until(18)
    await world.at(60)

    assert await world.calls() == [(15, "Tom Klein"), (20, "Tom Klein"), (25, "Tom Klein")]


async def test_a_call_missed_meanwhile_goes_out_late_and_says_so(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(10)
    await world.away_until(17)
    await world.at(60)

    fired = await world.published(e.StepFired)
    assert [world.minute(one.at) for one in fired] == [17, 22, 27]
    assert [world.minute(one.due_at) for one in fired] == [15, 22, 27]
    assert [one.late_by_seconds for one in fired] == [120, None, None]


async def test_events_read_twice_call_once(world: World) -> None:
    outage = Outage(world)
    event = outage.event(e.IncidentOpened, audience=outage.audience())
    for _ in range(3):
        await world.feed_incidents(event)
        await world.look()

    assert await world.calls() == [(0, "Ann Weiss")]


async def test_an_older_event_does_not_overwrite_a_newer_one(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    opened = outage.event(e.IncidentOpened, audience=outage.audience())
    await outage.opens()
    await outage.is_acknowledged()
    await world.feed_incidents(opened)
    await world.at(30)

    assert await world.calls() == []


async def test_two_replicas_compete_and_each_call_goes_out_once(
    world: World, database: Database
) -> None:
    outages = [Outage(world, Severity.SEV2) for _ in range(20)]
    for outage in outages:
        await outage.opens()
    other = world.another_process()
    for minute in (15, 20, 25, 30):
        world.clock.set(world.start + timedelta(minutes=minute))
        await asyncio.gather(
            *(core.timers.fire_due() for core in (world.core, other) for _ in range(3))
        )
        await world.look()

    fired = await world.published(e.StepFired)
    seen = [(one.incident.id, one.call) for one in fired]
    assert sorted(seen) == sorted((outage.id, call) for outage in outages for call in range(3))


async def test_what_is_acknowledged_during_the_outage_wakes_nobody(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    reader = Reader()
    recovery = Recovery(world.clock, timedelta(seconds=30))
    recovery.watch([reader])
    world.clock.set(world.start + timedelta(minutes=20))
    world.core = world.another_process(recovery)
    assert recovery.holds()

    await outage_is_acknowledged_without_a_look(world, outage)
    reader.caught_up_since = world.clock.now()
    assert recovery.holds()
    world.clock.advance(seconds=30)
    assert not recovery.holds()
    await world.look()

    assert await world.calls() == []


async def test_a_service_that_begins_on_an_old_topic_wakes_nobody(world: World) -> None:
    outage = Outage(world)
    event = outage.event(e.IncidentOpened, audience=outage.audience())
    world.clock.advance(hours=30)
    await world.feed_incidents(event)
    await world.look()

    assert await world.calls() == []
    assert await world.published(e.EscalationExhausted) == []


class Reader:
    """A consumer that has not read to the end yet."""

    def __init__(self) -> None:
        self.caught_up_since: datetime | None = None


async def outage_is_acknowledged_without_a_look(world: World, outage: Outage) -> None:
    snapshot = outage.snapshot.model_copy(
        update={"sequence": outage.snapshot.sequence + 1, "acknowledged_at": world.clock.now()}
    )
    outage.snapshot = snapshot
    await world.feed_incidents(outage.event(e.IncidentAcknowledged))
