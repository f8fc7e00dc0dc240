"""Somebody takes it, passes it on, hands it over; and what follows when nothing comes of it."""

from __future__ import annotations

import pytest
from escalation import metrics
from structlog.testing import capture_logs
from tocsin_contracts import events as e
from tocsin_contracts.words import Kind, Severity, Verb

from services.escalation.tests.outage import Outage
from services.escalation.tests.provider import (
    ANN,
    CRITICAL,
    DAN,
    EVA,
    SEV1,
    UNACKNOWLEDGED,
    UNRESOLVED,
    step,
)
from services.escalation.tests.world import World

pytestmark = pytest.mark.integration


async def test_taken_nobody_else_is_called(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(5)
    await outage.is_taken_by("ann")
    await world.at(34)

    assert await world.calls() == [(0, "Ann Weiss")]
    [taken] = await world.published(e.EscalationTaken)
    assert (taken.person, taken.person_name, taken.client_keys) == ("ann", "Ann Weiss", ("acme",))
    assert world.minute(taken.expires_at) == 35
    assert taken.told == ()
    assert await outage.state() == "taken"


async def test_whoever_takes_it_for_an_hour_has_it_for_an_hour(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.TAKE, "ann", minutes=60)
    await world.at(59)
    assert await world.calls() == [(0, "Ann Weiss")]
    await world.at(61)
    assert (60, "Tom Klein") in await world.calls()


async def test_nobody_has_it_for_longer_than_a_day_without_a_word(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.TAKE, "ann", minutes=100_000)

    [taken] = await world.published(e.EscalationTaken)
    assert world.minute(taken.expires_at) == 24 * 60


async def test_those_called_before_hear_who_took_it(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(16)
    await outage.is_taken_by("tom")

    [taken] = await world.published(e.EscalationTaken)
    assert [person.name for person in taken.told] == ["Ann Weiss"]
    assert taken.kind is Kind.ESCALATION_TAKEN


async def test_a_take_without_an_update_expires_and_goes_on(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(5)
    await outage.is_taken_by("ann")
    await world.at(60)

    assert await world.calls() == [
        (0, "Ann Weiss"),
        (35, "Tom Klein"),
        (40, "Tom Klein"),
        (45, "Tom Klein"),
    ]
    [expired] = await world.published(e.TakeExpired)
    assert (expired.person, world.minute(expired.at)) == ("ann", 35)
    assert all(one.late_by_seconds is None for one in await world.published(e.StepFired))


async def test_an_expired_take_brings_forward_whoever_is_next(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    await outage.is_acknowledged()
    await outage.is_taken_by("ann")
    await world.at(31)

    assert await world.calls() == [(30, "Eva Lang"), (30, "Dan Roth")]


async def test_an_update_to_the_client_keeps_the_take(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(25)
    await outage.is_updated()
    await world.at(54)
    assert await world.calls() == [(0, "Ann Weiss")]

    await world.at(56)
    assert (55, "Tom Klein") in await world.calls()


async def test_an_update_for_another_client_does_not(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("ann")
    await world.at(25)
    await outage.is_updated(only_clients=("beta",))
    await world.at(31)

    assert (30, "Tom Klein") in await world.calls()


async def test_passed_on_whoever_is_next_is_called_at_once(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(3)
    await outage.is_passed_on_by("ann")
    await world.at(30)

    assert await world.calls() == [
        (0, "Ann Weiss"),
        (3, "Tom Klein"),
        (8, "Tom Klein"),
        (13, "Tom Klein"),
    ]
    fired = await world.published(e.StepFired)
    assert fired[1].reason == (
        "Ann Weiss passed it on, critical, open for 3 minutes, not acknowledged,"
        " and nobody speaks for us with ACME yet"
    )
    [declined] = await world.published(e.EscalationDeclined)
    assert declined.person_name == "Ann Weiss"


async def test_who_passed_it_on_is_not_called_again(world: World) -> None:
    outage = Outage(world, Severity.SEV2)
    await outage.opens()
    await world.at(15)
    await outage.is_passed_on_by("tom")
    await world.at(30)

    assert await world.calls() == [(15, "Tom Klein"), (15, "Eva Lang"), (15, "Dan Roth")]


async def test_a_later_step_does_not_call_who_passed_it_on_but_whoever_is_next(
    world: World,
) -> None:
    steps = (
        step(SEV1, "account_manager"),
        step(UNACKNOWLEDGED, "account_manager", after=15),
        step(UNRESOLVED, "director", after=60),
    )
    policy = CRITICAL.model_copy(update={"steps": steps})
    await world.knows(e.PolicyChanged(revision=2, key="critical", document=policy))
    outage = Outage(world)
    await outage.opens()
    await world.at(3)
    await outage.is_passed_on_by("ann")

    assert await world.calls() == [(0, "Ann Weiss"), (3, "Dan Roth")]
    [skipped] = await world.published(e.StepSkipped)
    assert skipped.reason == "Ann Weiss passed it on."


async def test_handed_over_it_stays_until_the_colleague_takes_it(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(5)
    await outage.is_answered(Verb.HAND_OVER, "ann", to="dan", reason="Jo wants a call first.")

    [handed] = await world.published(e.EscalationHandedOver)
    assert (handed.person, handed.to.name, handed.reason) == (
        "ann",
        "Dan Roth",
        "Jo wants a call first.",
    )
    await world.at(20)
    await outage.is_taken_by("dan")
    [taken] = await world.published(e.EscalationTaken)
    assert [person.name for person in taken.told] == ["Ann Weiss"]
    await world.at(49)
    assert await world.calls() == [(0, "Ann Weiss")]


async def test_who_lost_it_to_a_colleague_cannot_hand_it_over(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_taken_by("eva")
    await outage.is_taken_by("ann")
    ignored = metrics.ANSWERS.labels("hand_over", "ignored")
    before = ignored._value.get()
    with capture_logs() as logs:
        await outage.is_answered(Verb.HAND_OVER, "eva", to="dan")

    assert await world.published(e.EscalationHandedOver) == []
    assert (ignored._value.get(), await outage.state()) == (before + 1, "taken")
    assert [line["reason"] for line in logs if line["event"] == "answer ignored"] == [
        "somebody else has it"
    ]
    await outage.is_answered(Verb.HAND_OVER, "ann", to="dan")
    [handed] = await world.published(e.EscalationHandedOver)
    assert (handed.person, handed.to.name) == ("ann", "Dan Roth")


async def test_an_operator_takes_it_in_their_own_name(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await outage.is_answered(Verb.TAKE, "key:noc", by="key:noc")
    await world.at(29)

    [taken] = await world.published(e.EscalationTaken)
    assert taken.person_name == "noc"
    assert [person.name for person in taken.told] == ["Ann Weiss"]
    assert await world.calls() == [(0, "Ann Weiss")]


async def test_one_client_taken_the_others_go_on(world: World) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    await outage.opens()
    [first] = await world.published(e.StepFired)
    assert first.client_keys == ("acme", "beta")
    assert first.reason == "critical, and nobody speaks for us with ACME and Beta AG yet"

    await outage.is_taken_by("ann", "acme")
    await world.at(16)

    fired = await world.published(e.StepFired)
    assert [one.client_keys for one in fired] == [("acme", "beta"), ("beta",)]


async def test_nobody_takes_it_and_the_last_resort_hears_once(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    await world.at(200)

    [exhausted] = await world.published(e.EscalationExhausted)
    assert world.minute(exhausted.at) == 130
    assert [tried.name for tried in exhausted.tried] == [
        "Ann Weiss",
        "Tom Klein",
        "Tom Klein",
        "Tom Klein",
        "Eva Lang",
        "Dan Roth",
    ]
    assert await outage.state() == "exhausted"


async def test_all_pass_it_on_and_the_last_resort_hears_at_once(world: World) -> None:
    outage = Outage(world)
    await outage.opens()
    for minute, person in enumerate([ANN, None, EVA, DAN], start=1):
        await world.at(minute)
        await outage.is_passed_on_by(person.key if person else "tom")
    await world.look()

    [exhausted] = await world.published(e.EscalationExhausted)
    assert world.minute(exhausted.at) == 4


async def test_a_hand_over_of_several_clients_is_one_word(world: World) -> None:
    outage = Outage(world, clients=("acme", "beta"))
    await outage.opens()
    await outage.is_taken_by("ann")
    await outage.is_answered(Verb.HAND_OVER, "ann", to="tom")

    [handed] = await world.published(e.EscalationHandedOver)
    assert (handed.client_keys, handed.to.name) == (("acme", "beta"), "Tom Klein")
