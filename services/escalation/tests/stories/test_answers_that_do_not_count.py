"""Answers by the wrong person, at the wrong time, or once too often."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs
from tocsin_contracts import events as e
from tocsin_contracts.words import Verb

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_taken_twice_is_no_second_news(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await outage.is_taken_by("tom")
    await world.at(20)
    await outage.is_taken_by("tom")

    [first, again] = await world.published(e.EscalationTaken)
    assert [person.name for person in first.told] == ["Ann Weiss"]
    assert (again.told, again.kind) == ((), None)
    assert world.minute(again.expires_at) == 50


async def test_pressing_again_shortens_nothing(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.TAKE, "ann", minutes=120)
    await outage.is_taken_by("ann")

    [_, again] = await world.published(e.EscalationTaken)
    assert world.minute(again.expires_at) == 120


async def test_passed_on_twice_brings_in_one_person(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_passed_on_by("ann")
    await outage.is_passed_on_by("ann")

    assert await world.calls() == [(0, "Ann Weiss"), (0, "Tom Klein")]
    assert len(await world.published(e.EscalationDeclined)) == 1


@pytest.mark.parametrize("verb", [Verb.TAKE, Verb.DECLINE])
async def test_a_stranger_changes_nothing(world: World, verb: Verb) -> None:
    outage = Outage(world)
    await outage.opens()
    with capture_logs() as logs:
        await outage.is_answered(verb, "eve")
    await world.at(16)

    assert await world.calls() == [(0, "Ann Weiss"), (15, "Tom Klein")]
    assert await world.published(e.EscalationTaken) == []
    assert await outage.state() == "notified"
    assert [line["reason"] for line in logs] == [
        "this person was neither called nor belongs to the account team"
    ]


@pytest.mark.parametrize("verb", [Verb.TAKE, Verb.DECLINE])
async def test_after_the_end_there_is_nothing_to_answer(world: World, verb: Verb) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_resolved()
    with capture_logs() as logs:
        await outage.is_answered(verb, "ann")

    assert await outage.state() == "stopped"
    assert [line["reason"] for line in logs] == ["the incident is resolved"]


async def test_passed_on_by_another_it_stays_with_whoever_has_it(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await outage.is_taken_by("tom")
    await outage.is_passed_on_by("ann")
    await world.at(45)

    assert await world.calls() == [(0, "Ann Weiss"), (15, "Tom Klein")]
    assert await outage.state() == "taken"


async def test_handed_to_somebody_who_is_not_there_it_stays(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    with capture_logs() as logs:
        await outage.is_answered(Verb.HAND_OVER, "ann", to="nobody")

    assert await world.published(e.EscalationHandedOver) == []
    assert [line["reason"] for line in logs] == ["there is no such colleague in the account team"]
