"""A policy is changed while an outage runs on it."""

from __future__ import annotations

import pytest
from tocsin_contracts import events as e

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import CRITICAL, SEV1, UNACKNOWLEDGED, step
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

AT_FIVE = CRITICAL.model_copy(
    update={
        "steps": (
            step(SEV1, "account_manager"),
            step(UNACKNOWLEDGED, "director", after=5, channels=["voice"]),
        )
    }
)


async def is_changed(world: World) -> None:
    await world.knows(
        e.PolicyChanged(revision=world.revision + 1, key="critical", document=AT_FIVE)
    )


async def test_what_runs_keeps_its_version_and_what_begins_has_the_new_one(world: World) -> None:
    before = Outage(world)
    await before.opens()
    await is_changed(world)
    after = Outage(world, clients=("beta",))
    await after.opens()
    await world.at(16)

    assert await world.calls() == [
        (0, "Ann Weiss"),
        (0, "Ann Weiss"),
        (5, "Dan Roth"),
        (15, "Tom Klein"),
    ]
    armed = await world.published(e.EscalationArmed)
    assert [(one.policy_revision, one.policy) for one in armed] == [(1, CRITICAL), (2, AT_FIVE)]


async def test_reopened_it_is_the_version_it_began_with(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await is_changed(world)
    await outage.is_resolved()
    await world.at(10)
    await outage.is_reopened()
    await world.at(26)

    assert (15, "Dan Roth") not in await world.calls()
    assert (25, "Tom Klein") in await world.calls()
    assert {one.policy_revision for one in await world.published(e.EscalationArmed)} == {1}
