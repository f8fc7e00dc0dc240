"""A promised word is late: the account manager hears, once for each promise."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity, Visibility

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def quiet_outage(world: World) -> Outage:
    """Major and acknowledged, so that nothing but promises can call anybody before 120."""
    outage = Outage(world, Severity.SEV2)
    outage.promises["acme"] = world.start + timedelta(minutes=30)
    await outage.opens()
    await outage.is_acknowledged()
    return outage


async def test_a_word_ten_minutes_late_calls_the_account_manager_once(world: World) -> None:
    await quiet_outage(world)
    await world.at(90)

    assert await world.calls() == [(40, "Ann Weiss")]
    [fired] = await world.published(e.StepFired)
    assert fired.trigger == "update_overdue_minutes"
    assert "the word promised to ACME is 10 minutes late" in fired.reason


async def test_a_word_in_time_calls_nobody_and_the_next_promise_counts(world: World) -> None:
    outage = await quiet_outage(world)
    await world.at(29)
    await outage.is_updated(next_word=30)
    await world.at(68)
    assert await world.calls() == []

    await world.at(70)
    assert await world.calls() == [(69, "Ann Weiss")]


async def test_each_missed_promise_calls_again(world: World) -> None:
    outage = await quiet_outage(world)
    await world.at(45)
    await outage.is_updated(next_word=20)
    await world.at(80)

    assert await world.calls() == [(40, "Ann Weiss"), (75, "Ann Weiss")]


async def test_an_internal_incident_promised_nothing(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    outage.promises["acme"] = world.start + timedelta(minutes=30)
    await outage.opens(visibility=Visibility.INTERNAL)
    await outage.is_acknowledged()
    await world.at(90)

    assert await world.calls() == []
