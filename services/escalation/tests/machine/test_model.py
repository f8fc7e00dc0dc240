"""The model by itself tells the examples that the design gives."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.escalation.tests.machine import verbs
from services.escalation.tests.machine.chains import Step
from services.escalation.tests.machine.conditions import Condition, Outage
from services.escalation.tests.machine.model import World
from services.escalation.tests.machine.people import Team, Week, moments

TEAM = Team(
    {"account_manager": "ann", "deputy": "tom", "escalation_manager": "eva", "director": "dan"}
)
CRITICAL = (
    Step(Condition("severity_at_least", 1), ("account_manager",)),
    Step(Condition("unacknowledged"), ("deputy",), after=15, repeat=2, every=5),
    Step(Condition("unresolved"), ("escalation_manager", "director"), after=120),
    Step(Condition("update_overdue", 10), ("account_manager",)),
)


def outage(rank: int = 1) -> World:
    begins = datetime(2026, 11, 24, 9, tzinfo=UTC)
    world = World(begins, Outage([(0, rank)], {}), {"acme": TEAM})
    verbs.join(world, "acme", CRITICAL)
    world.look()
    return world


def wait(world: World, until: int) -> None:
    while world.minute < until:
        world.pass_minute()
        world.look()


def calls(world: World) -> list[tuple[int, str]]:
    return [(call.minute, person) for call in world.made for person in call.people]


def test_nobody_acknowledges() -> None:
    world = outage()
    wait(world, 200)
    assert calls(world) == [
        *[(0, "ann"), (15, "tom"), (20, "tom"), (25, "tom")],
        *[(120, "eva"), (120, "dan")],
    ]
    assert world.chains["acme"].stands == "exhausted"


def test_acknowledged_at_14() -> None:
    world = outage(rank=2)
    wait(world, 14)
    verbs.acknowledge(world)
    wait(world, 60)
    assert (calls(world), world.chains["acme"].stands) == ([], "armed")


def test_a_take_expires() -> None:
    world = outage()
    wait(world, 5)
    verbs.take(world, "ann", ())
    wait(world, 60)
    assert calls(world) == [(0, "ann"), (35, "tom"), (40, "tom"), (45, "tom")]


def test_passed_on() -> None:
    world = outage()
    wait(world, 3)
    verbs.decline(world, "ann", ())
    world.look()
    wait(world, 30)
    assert calls(world) == [(0, "ann"), (3, "tom"), (8, "tom"), (13, "tom")]


def test_a_promised_word_is_late() -> None:
    world = outage(rank=2)
    verbs.acknowledge(world)
    verbs.write(world, ["acme"], 30)
    wait(world, 45)
    verbs.write(world, ["acme"], 20)
    wait(world, 80)
    assert calls(world) == [(40, "ann"), (75, "ann")]


def test_reopened() -> None:
    world = outage()
    wait(world, 10)
    verbs.end(world)
    wait(world, 20)
    verbs.reopen(world, 60, by_alert=False)
    world.look()
    wait(world, 36)
    assert calls(world) == [(0, "ann"), (20, "ann"), (35, "tom")]


def test_clocks_that_are_changed() -> None:
    berlin = Week("Europe/Berlin", ((6, 150, 180),))
    spring = [datetime(2027, 3, 28, 1, minute, tzinfo=UTC) for minute in (0, 29, 30, 59)]
    autumn = [datetime(2026, 10, 25, 0, 30, tzinfo=UTC), datetime(2026, 10, 25, 1, 59, tzinfo=UTC)]

    assert [berlin.open_at(moment) for moment in spring] == [False, False, False, False]
    assert [berlin.open_at(moment) for moment in autumn] == [True, True]
    assert len(moments("Australia/Lord_Howe", date(2027, 4, 4), 105)) == 2
