"""Nobody is flooded, and no promise is broken by it."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from tocsin_contracts.directory import Cap
from tocsin_contracts.words import Kind

from services.dispatcher.tests.facts import (
    closed,
    updated,
)
from services.dispatcher.tests.minor import (
    gold_with,
    kinds,
    knows,
    later,
    minor,
    opens,
    resolved_at,
    until,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

TWO_AN_HOUR = Cap(messages=2, per_minutes=Decimal(60))


async def test_above_the_cap_the_rest_waits_and_goes_as_one(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    for number in (1, 2, 3, 4):
        await opens(world, number, minutes=600)
        await later(world, minutes=1)
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]
    waits = [row["reason"] for row in await world.rows(state="waiting")]
    assert waits == ["waits for others: at most 2 messages in 60 minutes"] * 2

    await later(world, minutes=56)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.DIGEST]


async def test_updates_above_the_cap_go_as_one_too(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    await opens(world, 1, minutes=600)
    await later(world, minutes=30)
    await opens(world, 2, minutes=600)
    for number in (1, 2):
        await later(world, minutes=1)
        await world.hears(updated(minor(world, number)))
        await world.deliver()
    assert len(world.mails) == 2

    # There is room for one.
    await later(world, minutes=28)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.DIGEST]


async def test_a_cap_never_costs_the_promised_update(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    start = world.clock.now()
    for number in (1, 2):
        await opens(world, number)
    # Both were promised a word after four hours; one more opens just before.
    await until(world, start + timedelta(hours=3, minutes=50))
    for number in (3, 4):
        await opens(world, number)
    await world.hears(updated(minor(world, 1)))
    await world.deliver()
    assert len(world.mails) == 4

    await until(world, start + timedelta(hours=3, minutes=59))

    assert world.mails[-1].kind is Kind.UPDATE


async def test_a_closing_note_above_the_cap_is_never_folded(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    for number in (1, 2):
        await opens(world, number, minutes=600)
    incident = resolved_at(world, 1)
    await world.hears(closed(incident))
    await opens(world, 3, minutes=600)
    await later(world, minutes=60)
    await later(world, minutes=60)
    await later(world, minutes=60)

    assert Kind.CLOSURE in kinds(world)
    assert Kind.DIGEST not in kinds(world)
