"""A breach is told by an alarm too, also when nobody hears of the dispatcher any more."""

from __future__ import annotations

import pytest
from escalation import metrics
from escalation.promises.watch import PromiseWatch
from tocsin_contracts.words import Kind, Severity

from services.escalation.tests.dispatching import planned
from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


def gauges() -> tuple[float, float, float]:
    found = (metrics.AT_RISK, metrics.OVERDUE, metrics.OLDEST_OVERDUE)
    at_risk, overdue, oldest = (gauge._value.get() for gauge in found)
    return at_risk, overdue, oldest


async def test_the_oldest_word_owed_grows_until_somebody_has_it(world: World) -> None:
    watch = PromiseWatch(world.database, world.clock)
    broken = metrics.PROMISES.labels("first_notice", "breached")
    before = broken._value.get()
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10, word=40)
    await outage.opens(kind=Kind.INITIAL)
    await world.at(9)
    await watch.look()
    assert gauges() == (1, 0, 0)

    await world.at(15)
    await watch.look()
    assert gauges() == (0, 1, 300)
    assert broken._value.get() == before + 1

    await (await planned(outage)).ends()
    await watch.look()
    assert gauges() == (0, 0, 0)
    assert broken._value.get() == before + 1


async def test_it_grows_also_while_nothing_is_judged(world: World) -> None:
    """Our own timers may be held back; the rows tell all the same."""
    watch = PromiseWatch(world.database, world.clock)
    outage = Outage(world, Severity.SEV2)
    outage.promise(first=10)
    await outage.opens(kind=Kind.INITIAL)
    world.clock.advance(minutes=70)
    await watch.look()

    assert gauges() == (0, 1, 3600)
