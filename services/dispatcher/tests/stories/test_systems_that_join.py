"""A client already in the outage hears which of its systems joined and which are well again."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.directory import System

from services.dispatcher.tests.facts import audience, concerned, opened, updated
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def now_concerned(world: World, *systems: str) -> None:
    await world.hears(
        e.AudienceChanged(
            incident=world.snapshot(),
            audience_version=2,
            actor="key:noc",
            audience=audience(concerned(systems=systems), version=2),
        )
    )


async def read(world: World) -> str:
    """What Jo reads of the next update."""
    world.mails.clear()
    await world.hears(updated(world.snapshot(), "We go on."))
    await world.deliver()
    [sent] = [sent for sent in world.mails if sent.address == "jo@acme.example"]
    return sent.message.text


async def test_what_joins_and_what_is_well_again_is_said_once(world: World) -> None:
    calendar = System(key="calendar-eu", name="Calendar EU")
    await world.knows_acme()
    await world.knows(e.SystemChanged(revision=0, key="calendar-eu", document=calendar))
    await world.hears(opened(world.snapshot()))
    await world.deliver()

    world.clock.advance(minutes=5)
    await now_concerned(world, "mail-eu", "calendar-eu")
    assert "Calendar EU has been affected too since " in await read(world)
    assert "affected too" not in await read(world)

    await now_concerned(world, "mail-eu")
    assert "Calendar EU is no longer affected." in await read(world)
    assert "no longer affected" not in await read(world)
