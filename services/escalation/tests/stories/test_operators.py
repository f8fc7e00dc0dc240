"""An operator holds an escalation, lets it go on, brings it forward, takes it back."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs
from tocsin_contracts import events as e
from tocsin_contracts.words import QuestionSource, Severity, Verb

from services.escalation.tests.outage import Outage
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration

ANN_TOLD = (0, "Ann Weiss")


async def test_paused_nobody_is_called_until_somebody_resumes(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(5)
    await outage.is_operated(Verb.PAUSE, "acme")
    await world.at(90)
    assert await world.calls() == [ANN_TOLD]

    await outage.is_operated(Verb.RESUME, "acme")
    await world.at(101)
    assert await world.calls() == [
        ANN_TOLD,
        (90, "Tom Klein"),
        (95, "Tom Klein"),
        (100, "Tom Klein"),
    ]
    [paused] = await world.published(e.EscalationPaused)
    assert (paused.by, paused.reason, paused.until) == ("noc", "They asked us to.", None)
    [resumed] = await world.published(e.EscalationResumed)
    assert (resumed.by, world.minute(resumed.at)) == ("noc", 90)


async def test_what_came_due_in_a_pause_says_so_and_is_not_called_late(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme")
    await world.at(40)
    await outage.is_operated(Verb.RESUME, "acme")
    await world.at(41)

    [_, tom] = await world.published(e.StepFired)
    assert tom.late_by_seconds is None
    assert "after a pause" in tom.reason


async def test_a_pause_of_half_an_hour_ends_by_itself(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme", minutes=30)
    await world.at(31)

    assert await world.calls() == [ANN_TOLD, (30, "Tom Klein")]
    [resumed] = await world.published(e.EscalationResumed)
    assert (resumed.by, world.minute(resumed.at)) == (None, 30)


async def test_pausing_again_changes_until_when(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme", minutes=20)
    await world.at(10)
    await outage.is_operated(Verb.PAUSE, "acme", minutes=50, reason="They are in a meeting.")
    await world.at(61)

    assert await world.calls() == [ANN_TOLD, (60, "Tom Klein")]
    [_, again] = await world.published(e.EscalationPaused)
    assert again.reason == "They are in a meeting."


async def test_a_take_loses_no_time_in_a_pause(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(10)
    await outage.is_operated(Verb.PAUSE, "acme")
    await world.at(70)
    assert await world.published(e.TakeExpired) == []

    await outage.is_operated(Verb.RESUME, "acme")
    await world.at(89)
    assert await world.calls() == [ANN_TOLD]
    await world.at(91)
    assert (90, "Tom Klein") in await world.calls()


async def test_one_clients_pause_holds_nobody_elses(world: World) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme")
    await world.at(16)

    told = [fired.client_keys for fired in await world.published(e.StepFired)]
    assert told == [("acme", "beta"), ("beta",)]


async def test_resolve_ends_a_pause_with_everything_else(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme", minutes=30)
    await outage.is_resolved()
    await world.at(60)

    assert await world.calls() == [ANN_TOLD]
    assert await outage.state() == "stopped"
    assert await world.published(e.EscalationResumed) == []


async def test_passed_on_in_a_pause_whoever_is_next_is_called_as_it_ends(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme", minutes=5)
    await outage.is_passed_on_by("ann")
    assert await world.calls() == [ANN_TOLD]
    await world.at(6)
    assert await world.calls() == [ANN_TOLD, (5, "Tom Klein")]


async def test_escalated_the_next_step_is_called_now(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(3)
    await outage.is_operated(Verb.ESCALATE, "acme", reason="ACME's CEO rang.")

    assert await world.calls() == [ANN_TOLD, (3, "Tom Klein")]
    [_, tom] = await world.published(e.StepFired)
    assert (tom.by, tom.by_reason, tom.late_by_seconds) == ("noc", "ACME's CEO rang.", None)
    [told] = await world.published(e.EscalationEscalated)
    assert (told.by, told.reason, told.step) == ("noc", "ACME's CEO rang.", 1)


async def test_escalated_though_taken_acknowledged_and_paused(world: World) -> None:
    """Its condition need not hold, and it changes nothing else."""
    outage = Outage(world)
    await outage.opens()
    await outage.is_acknowledged()
    await outage.is_taken_by("ann")
    await outage.is_operated(Verb.PAUSE, "acme")
    await world.at(3)
    await outage.is_operated(Verb.ESCALATE, "acme")
    await world.at(60)

    assert await world.calls() == [ANN_TOLD, (3, "Tom Klein")]
    assert await outage.state() == "taken"
    assert await world.published(e.EscalationResumed) == []


async def test_escalated_past_the_end_of_the_list_nothing_happens(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    for _ in range(2):
        await outage.is_operated(Verb.ESCALATE, "acme")
    called = await world.calls()
    with capture_logs() as logs:
        await outage.is_operated(Verb.ESCALATE, "acme")

    assert await world.calls() == called
    assert len(await world.published(e.EscalationEscalated)) == 2
    assert [line["reason"] for line in logs] == ["everybody on the list was called"]


async def test_de_escalated_the_last_step_stops_and_its_people_hear(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(15)
    await outage.is_operated(Verb.DE_ESCALATE, "acme", reason="It is a small thing.")
    await world.at(200)

    assert await world.calls() == [ANN_TOLD, (15, "Tom Klein")]
    [back] = await world.published(e.EscalationDeEscalated)
    assert (back.step, back.reason) == (1, "It is a small thing.")
    assert [person.name for person in back.told] == ["Tom Klein"]
    assert await world.published(e.EscalationExhausted) == []


async def test_before_the_deputy_is_called_he_can_be_kept_out(world: World) -> None:
    """Ann was called by a step that stays; nobody is told anything."""
    outage = Outage(world, Severity.SEV3)
    await outage.opens()
    await outage.is_operated(Verb.DE_ESCALATE, "acme")
    await world.at(200)

    assert await world.calls() == []
    [back] = await world.published(e.EscalationDeEscalated)
    assert (back.step, back.told) == (0, ())


async def test_escalated_after_it_was_taken_back_it_goes_on(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(26)
    await outage.is_operated(Verb.DE_ESCALATE, "acme")
    await world.at(30)
    await outage.is_operated(Verb.ESCALATE, "acme")

    assert (30, "Eva Lang") in await world.calls()
    assert (30, "Dan Roth") in await world.calls()


async def test_without_a_reason_nothing_is_done(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    for verb in (Verb.PAUSE, Verb.ESCALATE, Verb.DE_ESCALATE):
        await outage.is_operated(verb, "acme", reason=None)
    await world.at(16)
    assert await world.calls() == [ANN_TOLD, (15, "Tom Klein")]


async def test_nobody_operates_by_the_link_they_were_sent(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.PAUSE, "ann", reason="Quiet, please.")
    await world.at(16)
    assert (15, "Tom Klein") in await world.calls()


@pytest.mark.parametrize("verb", [Verb.PAUSE, Verb.RESUME, Verb.ESCALATE, Verb.DE_ESCALATE])
async def test_after_the_end_an_operator_changes_nothing(world: World, verb: Verb) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_resolved()
    with capture_logs() as logs:
        await outage.is_operated(verb, "acme")

    assert await outage.state() == "stopped"
    assert [line["reason"] for line in logs] == ["the incident is over"]


async def test_a_pause_holds_the_clients_own_chain_too(world: World) -> None:
    outage = Outage(world)
    outage.own_policy["acme"] = "acme-itself"
    await outage.opens()
    await outage.is_operated(Verb.PAUSE, "acme", minutes=60)
    await world.at(30)
    assert sorted(await world.calls()) == [ANN_TOLD, (0, "Jo Frei")]
    assert {one.chain.value for one in await world.published(e.EscalationPaused)} == {
        "account",
        "client",
    }
    await outage.is_confirmed("acme")
    await world.at(61)
    assert (60, "Mia Berg") not in await world.calls()
    [confirmed] = await world.published(e.EscalationConfirmed)
    assert confirmed.source is QuestionSource.LINK
