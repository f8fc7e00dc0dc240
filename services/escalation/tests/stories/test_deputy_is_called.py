"""Nobody acknowledged for 15 minutes: the deputy's phone rings."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Severity, Visibility

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_the_account_manager_is_called_at_once_for_a_critical_outage(world: World) -> None:
    outage = Outage(world)
    await outage.opens()

    [fired] = await world.published(e.StepFired)
    assert [person.name for person in fired.notify] == ["Ann Weiss"]
    assert fired.channels == (Channel.EMAIL, Channel.SMS)
    assert fired.trigger == "severity_at_least"
    assert fired.reason == "critical, and nobody speaks for us with ACME yet"
    assert fired.next is not None
    assert (fired.next.name, world.minute(fired.next.at)) == ("Tom Klein", 15)
    assert fired.incident == outage.snapshot
    assert await outage.state() == "notified"


async def test_unacknowledged_the_deputys_phone_rings_at_15_20_and_25(world: World) -> None:
    await Outage(world, Severity.SEV2).opens()
    await world.at(60)

    assert await world.calls() == [(15, "Tom Klein"), (20, "Tom Klein"), (25, "Tom Klein")]
    fired = await world.published(e.StepFired)
    assert [one.call for one in fired] == [0, 1, 2]
    assert fired[0].reason == (
        "major, open for 15 minutes, not acknowledged, and nobody speaks for us with ACME yet"
    )
    assert all(one.late_by_seconds is None for one in fired)


async def test_acknowledged_at_14_it_does_not_ring(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    await world.at(14)
    await outage.is_acknowledged()
    await world.at(60)

    assert await world.calls() == []
    assert await outage.state() == "armed"


async def test_acknowledged_between_two_calls_the_rest_is_left_out(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    await world.at(16)
    await outage.is_acknowledged()
    await world.at(60)

    assert await world.calls() == [(15, "Tom Klein")]


async def test_acknowledging_stops_only_what_waits_for_it(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    await outage.is_acknowledged()
    await world.at(121)

    assert await world.calls() == [(120, "Eva Lang"), (120, "Dan Roth")]


async def test_an_internal_incident_brings_people_in_as_well(world: World) -> None:
    await Outage(world).opens(visibility=Visibility.INTERNAL)

    assert await world.calls() == [(0, "Ann Weiss")]


@pytest.mark.parametrize("end", ["is_resolved", "is_cancelled"])
async def test_the_end_stops_everything(world: World, end: str) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(10)
    await getattr(outage, end)()
    await world.at(200)

    assert await world.calls() == [(0, "Ann Weiss")]
    [stopped] = await world.published(e.EscalationStopped)
    assert stopped.client_keys == ("acme",)
    assert await outage.state() == "stopped"


async def test_reopened_the_chain_begins_again(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(10)
    await outage.is_resolved()
    await world.at(20)
    await outage.is_reopened()
    await world.at(36)

    assert await world.calls() == [(0, "Ann Weiss"), (20, "Ann Weiss"), (35, "Tom Klein")]


async def test_reopened_whoever_had_it_has_it_again(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await outage.is_resolved()
    await world.at(20)
    await outage.is_reopened()
    await world.at(49)

    assert await world.calls() == [(0, "Ann Weiss")]
    assert await outage.state() == "taken"
