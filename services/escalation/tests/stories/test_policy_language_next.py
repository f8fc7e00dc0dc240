"""Who comes next when somebody lets it go, is not there any more, or waits for an answer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from escalation.people.hours import WEEKDAYS
from tocsin_contracts import events as e
from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.staff import Absence
from tocsin_contracts.words import Channel, Verb

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import ANN, TOM, UNRESOLVED, step, team
from services.escalation.tests.stories.test_questions import asked
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

INSISTENT = step(UNRESOLVED, "account_manager", repeat=3, every_minutes=20)
LATER = step(UNRESOLVED, "deputy", after=100)


async def outage_with(world: World, *steps: PolicyStep) -> Outage:
    policy = EscalationPolicy(key="critical", steps=steps)
    await world.knows(e.PolicyChanged(revision=world.revision + 1, key="critical", document=policy))
    outage = Outage(world)
    await outage.opens()
    return outage


async def test_who_let_it_go_is_called_again_and_so_is_whoever_is_next(world: World) -> None:
    outage = await outage_with(world, INSISTENT, LATER)
    await world.at(5)
    await outage.is_taken_by("ann")
    await world.at(36)

    assert await world.calls() == [(0, "Ann Weiss"), (35, "Ann Weiss"), (35, "Tom Klein")]


async def test_where_a_colleague_is_called_again_anyway_the_one_after_has_time(
    world: World,
) -> None:
    deputy = step(UNRESOLVED, "deputy", repeat=3, every_minutes=20)
    director = step(UNRESOLVED, "director", after=100)
    outage = await outage_with(world, deputy, director)
    await world.at(5)
    await outage.is_taken_by("ann")
    await world.at(36)

    assert await world.calls() == [(0, "Tom Klein"), (35, "Tom Klein")]


async def test_who_goes_off_between_two_calls_is_followed_by_whoever_is_next_at_once(
    world: World,
) -> None:
    leaves = world.start + timedelta(minutes=10)
    away = Absence(person="ann", starts_at=leaves, ends_at=leaves + timedelta(days=7))
    document = team().model_copy(update={"absences": (away,)})
    await world.knows(e.TeamChanged(revision=world.revision + 1, key="team-a", document=document))
    await outage_with(world, INSISTENT, LATER)
    await world.at(60)

    assert await world.calls() == [(0, "Ann Weiss"), (20, "Tom Klein")]
    [skipped] = await world.published(e.StepSkipped)
    assert "Ann Weiss is away" in skipped.reason
    fired = (await world.published(e.StepFired))[-1]
    assert any("Ann Weiss is away" in clause for clause in fired.unavailable)


async def test_who_passed_the_client_on_hears_of_a_late_answer_as_often_as_anybody(
    world: World,
) -> None:
    listening = step(
        Trigger(question_unanswered=True), "account_manager", repeat=1, every_minutes=5
    )
    outage = await outage_with(world, listening)
    await outage.is_passed_on_by("ann")
    await asked(world, outage, "q-1")
    await world.at(30)

    assert await world.calls() == [(15, "Ann Weiss"), (20, "Ann Weiss")]


async def test_what_found_nobody_is_not_cancelled_once_an_operator_brings_it_forward(
    world: World,
) -> None:
    await world.knows(world.team_changed(account_manager=ANN))
    widespread = step(Trigger(clients_affected_at_least=2), "deputy", repeat=2, every_minutes=5)
    policy = EscalationPolicy(key="critical", steps=(widespread,))
    await world.knows(e.PolicyChanged(revision=world.revision + 1, key="critical", document=policy))
    outage = Outage(world, clients=("acme", "beta"))
    await outage.opens()
    await outage.has_audience("acme")
    await world.knows(world.team_changed(account_manager=ANN, deputy=TOM))
    await world.at(5)
    await outage.is_answered(
        Verb.ESCALATE, "key:noc", "acme", by="key:noc", reason="The client rang."
    )

    assert await world.calls() == [(5, "Tom Klein")]
    assert await world.published(e.StepCancelled) == []


async def test_who_took_it_without_a_call_hears_of_a_late_answer_as_they_prefer(
    world: World,
) -> None:
    tom = TOM.model_copy(update={"channels": (Channel.VOICE,)})
    await world.knows(world.team_changed(account_manager=ANN, deputy=tom))
    listening = step(Trigger(question_unanswered=True), "account_manager", channels=[])
    outage = await outage_with(world, listening)
    await outage.is_taken_by("tom")
    await asked(world, outage, "q-1")
    await world.at(16)

    told = {
        (person.name, one.channels)
        for one in await world.published(e.StepFired)
        for person in one.notify
    }
    assert told == {("Tom Klein", (Channel.VOICE,)), ("Ann Weiss", (Channel.EMAIL,))}


async def test_a_question_of_the_round_before_is_called_for_at_the_hours_of_its_step(
    world: World,
) -> None:
    """Due at 09:07 UTC and left by the resolve at 09:02, it is not called for at 10:12."""
    closes = dict.fromkeys(WEEKDAYS, ("08:00", "10:00"))
    listening = step(
        Trigger(question_unanswered=True),
        "account_manager",
        hours={"timezone": "UTC", "days": closes},
        outside_hours="wait",
    )
    outage = await outage_with(world, listening)
    await asked(world, outage, "q-1")
    await world.at(10)
    await outage.is_resolved()
    await world.at(80)
    await outage.is_reopened()
    await world.at(120)
    assert await world.calls() == []

    tomorrow_at_8 = 24 * 60 - 52
    await world.at(tomorrow_at_8, look_every=10)
    assert await world.calls() == [(tomorrow_at_8, "Ann Weiss")]
