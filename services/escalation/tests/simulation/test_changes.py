"""What another version of a policy alters: calls that come, that fall away, that move."""

from __future__ import annotations

from collections.abc import Sequence

import pytest_asyncio
from tocsin_contracts.policies import PolicyStep
from tocsin_contracts.simulation import PolicyChanges, SimulatedLine
from tocsin_contracts.words import Severity

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import (
    CRITICAL,
    UNACKNOWLEDGED,
    UNRESOLVED,
    step,
)
from services.escalation.tests.simulation.paper import Paper

DEPUTY = step(UNACKNOWLEDGED, "deputy", after=15, channels=["voice"], repeat=2, every_minutes=5)
DIRECTOR = step(UNRESOLVED, "director", after=40, channels=["voice"])
SAVED = (DEPUTY, DIRECTOR)


@pytest_asyncio.fixture
async def paper() -> Paper:
    """A major outage of ACME and Beta, on the deputy and the director."""
    paper = Paper()
    await paper.knows_nordlicht()
    saved = CRITICAL.model_copy(update={"steps": SAVED})
    await paper.knows(paper.policy_changed(saved))
    await Outage(paper, Severity.SEV2, clients=("acme", "beta")).opens()
    return paper


def altered(paper: Paper, *steps: PolicyStep) -> PolicyChanges:
    changes = paper.played(60, CRITICAL.model_copy(update={"steps": steps})).changes
    assert changes is not None
    return changes


def said(paper: Paper, lines: Sequence[SimulatedLine]) -> list[tuple[float, str]]:
    return [(paper.minute(line.at), line.who or "") for line in lines]


async def test_the_same_policy_alters_nothing(paper: Paper) -> None:
    assert altered(paper, *SAVED) == PolicyChanges()


async def test_steps_in_another_order_alter_nothing(paper: Paper) -> None:
    assert altered(paper, DIRECTOR, DEPUTY) == PolicyChanges()


async def test_without_policies_to_try_there_is_nothing_to_compare(paper: Paper) -> None:
    assert paper.played(60).changes is None


async def test_a_later_step_moves_its_calls(paper: Paper) -> None:
    later = DEPUTY.model_copy(update={"after_minutes": 21})
    changes = altered(paper, later, DIRECTOR)

    moved = [(paper.minute(m.before.at), paper.minute(m.after.at)) for m in changes.moved]
    assert moved == [(15, 21), (20, 26), (25, 31)]
    assert {m.after.client_keys for m in changes.moved} == {("acme", "beta")}
    assert not changes.added
    assert not changes.removed


async def test_a_new_step_adds_a_call(paper: Paper) -> None:
    manager = step(UNACKNOWLEDGED, "escalation_manager", after=30)
    changes = altered(paper, *SAVED, manager)

    assert said(paper, changes.added) == [(30, "Eva Lang")]
    assert (changes.removed, changes.moved) == ((), ())


async def test_fewer_repeats_remove_calls(paper: Paper) -> None:
    once = DEPUTY.model_copy(update={"repeat": 0})
    changes = altered(paper, once, DIRECTOR)

    assert said(paper, changes.removed) == [(20, "Tom Klein"), (25, "Tom Klein")]
    assert (changes.added, changes.moved) == ((), ())


async def test_another_channel_is_another_call(paper: Paper) -> None:
    by_text = DIRECTOR.model_copy(update={"channels": ("sms",)})
    changes = altered(paper, DEPUTY, by_text)

    assert said(paper, changes.removed) == [(40, "Dan Roth")]
    assert said(paper, changes.added) == [(40, "Dan Roth")]


async def test_what_only_one_client_gets_is_said_of_that_one(paper: Paper) -> None:
    for_acme = DIRECTOR.model_copy(update={"clients": ("acme",)})
    [gone] = altered(paper, DEPUTY, for_acme).removed

    assert (gone.who, gone.client_keys) == ("Dan Roth", ("beta",))
