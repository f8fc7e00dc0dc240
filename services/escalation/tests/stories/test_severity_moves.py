"""A raised severity starts what it newly deserves and repeats nothing."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e
from tocsin_contracts.words import Severity

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import CRITICAL, SEV1, step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_raised_at_10_minutes_the_account_manager_is_called_then(world: World) -> None:
    outage = Outage(world, Severity.SEV3)
    await outage.opens()
    await world.at(10)
    assert await world.calls() == []

    await outage.has_severity(Severity.SEV1)
    await world.at(16)

    assert await world.calls() == [(10, "Ann Weiss"), (15, "Tom Klein")]


async def test_lowered_and_raised_again_nothing_is_repeated(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(3)
    await outage.has_severity(Severity.SEV3)
    await world.at(6)
    await outage.has_severity(Severity.SEV1)
    await world.at(10)

    assert await world.calls() == [(0, "Ann Weiss")]


async def test_lowered_in_time_cancels_what_no_longer_applies(world: World) -> None:
    policy = CRITICAL.model_copy(update={"steps": (step(SEV1, "director", after=10),)})
    await world.knows(e.PolicyChanged(revision=2, key="critical", document=policy))
    outage = Outage(world)
    await outage.opens()
    await world.at(9)
    await outage.has_severity(Severity.SEV2)
    await world.at(30)
    assert await world.calls() == []

    await outage.has_severity(Severity.SEV1)
    await world.at(60)
    assert await world.calls() == [(40, "Dan Roth")]


async def test_the_policy_is_frozen_when_the_incident_opens(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    changed = CRITICAL.model_copy(update={"steps": (step(SEV1, "director"),)})
    await world.knows(e.PolicyChanged(revision=2, key="critical", document=changed))
    await world.at(16)

    assert await world.calls() == [(15, "Tom Klein")]
