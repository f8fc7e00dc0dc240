"""Many small disruptions: the first is told at once, the rest together."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tocsin_contracts.directory import Cap
from tocsin_contracts.words import Kind, Severity, Status

from services.dispatcher.tests.facts import (
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    NIGHT,
    SATURDAY_SEVEN,
    gold_with,
    kinds,
    knows,
    later,
    minor,
    opens,
    promising,
    raised,
    resolved_at,
    until,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration


async def test_the_first_goes_at_once_and_the_next_ones_together(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    for number in (2, 3, 4):
        await later(world, minutes=1)
        await opens(world, number)
    assert kinds(world) == [Kind.INITIAL]

    await later(world, minutes=2)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    text = world.mails[-1].message.text
    assert "3 disruptions" in text
    await later(world, minutes=30)
    assert len(world.mails) == 2


async def test_one_that_is_left_goes_as_itself(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await later(world, minutes=1)
    await opens(world, 2)

    await later(world, minutes=4)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]


async def test_after_a_digest_others_wait_again(world: World) -> None:
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)
    for number in (4, 5):
        await later(world, minutes=1)
        await opens(world, number)
    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]

    await later(world, minutes=3)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST, Kind.DIGEST]
    first, second = world.mails[1:]
    assert second.message.thread.root_id == first.message.thread.message_id


async def test_of_two_hundred_at_once_two_messages_are_read(world: World) -> None:
    await knows(world, gold_with())
    for number in range(200):
        await world.hears(opened(minor(world, number), audience=promising(world)))
    await world.deliver()
    assert len(world.mails) == 1
    await later(world, minutes=5)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    [digest] = await world.rows(kind="digest")
    assert len(await world.rows(folded_into=digest["id"], state="accepted")) == 199


async def test_a_critical_outage_waits_for_nothing(world: World) -> None:
    await knows(world, gold_with(cap=Cap(messages=1, per_minutes=Decimal(60))))
    await opens(world, 1)
    await opens(world, 2, severity=Severity.SEV1)
    await opens(world, 3, severity=Severity.SEV2)

    assert len(world.mails) == 3


async def test_one_that_becomes_critical_while_it_waits_goes(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await opens(world, 2)

    await raised(world, Severity.SEV1, 2)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.UPDATE]


async def test_waiting_for_others_never_costs_the_promise(world: World) -> None:
    await knows(world, gold_with(group_minutes=Decimal(30)))
    await opens(world, 1)
    await opens(world, 2, minutes=10)

    await later(world, minutes=8, seconds=59)
    assert len(world.mails) == 1
    await later(world, seconds=1)
    assert len(world.mails) == 2


async def test_what_happened_since_is_in_the_digest_and_not_told_again(world: World) -> None:
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=1)
    await world.hears(updated(minor(world, 2, status=Status.IDENTIFIED)))
    await world.deliver()

    await later(world, minutes=4)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    await later(world, minutes=10)
    assert len(world.mails) == 2


async def test_one_that_was_over_meanwhile_is_one_message_of_its_own(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await opens(world, 2)
    await later(world, minutes=1)
    await world.hears(resolved(resolved_at(world, 2)))
    await world.deliver()

    assert kinds(world) == [Kind.INITIAL, Kind.RESOLVED]


async def test_what_happened_at_night_is_one_message_in_the_morning(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    for number in (1, 2, 3):
        await opens(world, number, minutes=600)
        await later(world, hours=1)

    await until(world, SATURDAY_SEVEN)

    assert kinds(world) == [Kind.DIGEST]


async def test_an_exercise_neither_joins_a_digest_nor_holds_up_a_real_one(world: World) -> None:
    await knows(world, gold_with(drills="clients"))
    await opens(world, 1, drill=True)
    await opens(world, 2)
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]
