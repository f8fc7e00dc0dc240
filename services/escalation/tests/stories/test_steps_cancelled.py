"""Steps that will not call any more are told with the reason, each once."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def cancelled(world: World) -> list[tuple[float, tuple[int, ...], str]]:
    return [
        (world.minute(one.at), one.steps, one.reason)
        for one in await world.published(e.StepCancelled)
    ]


async def test_acknowledged_the_deputy_is_not_needed(world: World) -> None:
    outage = Outage(world, clients=["acme", "beta"])
    await outage.opens()
    await world.at(5)
    await outage.is_acknowledged()
    await world.at(30)

    assert await cancelled(world) == [(5, (1,), "It is acknowledged.")]
    [told] = await world.published(e.StepCancelled)
    assert told.client_keys == ("acme", "beta")


async def test_resolved_cancels_what_was_still_to_come_and_not_what_was_called(
    world: World,
) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await outage.is_resolved()

    assert await cancelled(world) == [(16, (1, 2), "The incident is resolved.")]


async def test_a_client_that_is_not_affected_any_more(world: World) -> None:
    outage = Outage(world, clients=["acme", "beta"])
    await outage.opens()
    await world.at(5)
    await outage.has_audience("acme")

    assert await cancelled(world) == [(5, (1, 2), "No longer affected.")]
    [told] = await world.published(e.StepCancelled)
    assert told.client_keys == ("beta",)


async def test_lowered_before_it_called_and_raised_again_it_still_calls(world: World) -> None:
    outage = Outage(world, Severity.SEV3)
    await outage.opens()
    await world.at(2)
    await outage.is_taken_by("ann")
    await outage.has_severity(Severity.SEV1)
    await world.at(4)
    await outage.has_severity(Severity.SEV2)
    assert await cancelled(world) == [(4, (0,), "The severity is major now.")]

    await world.at(5)
    await outage.has_severity(Severity.SEV1)
    await world.at(35)
    assert (32, "Ann Weiss") in await world.calls()


async def test_a_word_that_was_not_late_enough_for_the_step_cancels_nothing(world: World) -> None:
    outage = Outage(world)
    outage.promise(word=10)
    await outage.opens()
    await world.at(15)
    await outage.is_updated(next_word=30)
    assert await cancelled(world) == []


async def test_taken_or_passed_on_nothing_is_cancelled(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_passed_on_by("ann")
    await world.at(2)
    await outage.is_taken_by("tom")
    await world.at(20)

    assert await cancelled(world) == []
