"""What happens to an escalation after its calls were made: who is named, who hears, what stops."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import RetryLater
from tocsin_contracts import events as e
from tocsin_contracts.policies import ON_DUTY, ChainKind
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.escalating import (
    ANN,
    TOM,
    cancelled,
    confirmed,
    contact_called,
    de_escalated,
    exhausted,
    paused,
    resumed,
)
from services.dispatcher.tests.facts import acme, opened, step_fired, taken
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration


async def outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=15)
    world.mails.clear()


async def to_staff(world: World) -> list[Sent]:
    await world.deliver()
    return [sent for sent in world.mails if sent.kind.for_staff]


async def why_not(world: World) -> list[str]:
    return [row["reason"] for row in await world.rows(kind="escalation", state="skipped")]


# ── what stops a call that was decided before ───────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        (paused, "the escalation was paused meanwhile"),
        (de_escalated, "an operator took the step back meanwhile"),
        (lambda s, at: cancelled(s, at, 0, 2), "the step was cancelled meanwhile"),
    ],
)
@pytest.mark.parametrize("arrives_after", [True, False])
async def test_what_an_operator_holds_is_not_called(
    world: World, what: object, reason: str, *, arrives_after: bool
) -> None:
    assert callable(what)
    await outage(world)
    world.channels[Channel.EMAIL].answer = lambda *_: RetryLater("connection refused")
    before, at = world.snapshot(), world.clock.now()
    step, held = step_fired(before, at), what(before, at + timedelta(seconds=30))
    for event in (held, step) if arrives_after else (step, held):
        await world.hears_escalation(event)
        await world.deliver()
    world.channels[Channel.EMAIL].answer = None
    world.mails.clear()
    world.clock.advance(minutes=2)

    assert [sent.kind for sent in await to_staff(world)] == []
    assert await why_not(world) == [reason]


async def test_a_pause_holds_no_call_of_an_operator_and_nothing_after_it(world: World) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    await world.hears_escalation(paused(before, at))
    forced = {"by": "Eva Lang", "by_reason": "they are on the phone", "step": 1}
    await world.hears_escalation(step_fired(before, at + timedelta(minutes=1), **forced))
    assert len(await to_staff(world)) == 1
    assert 'Eva Lang brought this call forward: "they are on the phone"' in (
        world.mails[-1].message.text
    )

    await world.hears_escalation(resumed(before, at + timedelta(minutes=5)))
    await world.hears_escalation(step_fired(before, at + timedelta(minutes=5), step=2))
    assert len(await to_staff(world)) == 2


async def test_taking_one_step_back_leaves_those_before_it(world: World) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    await world.hears_escalation(de_escalated(before, at + timedelta(seconds=30), step=1))

    await world.hears_escalation(step_fired(before, at, step=0), step_fired(before, at, step=1))

    assert len(await to_staff(world)) == 1
    assert await why_not(world) == ["an operator took the step back meanwhile"]


async def test_what_stops_the_clients_own_escalation_stops_no_account_manager(
    world: World,
) -> None:
    await outage(world)
    before, at = world.snapshot(), world.clock.now()
    await world.hears_escalation(confirmed(before, at + timedelta(seconds=30)))
    await world.hears_escalation(paused(before, at + timedelta(seconds=30), chain=ChainKind.CLIENT))

    await world.hears_escalation(step_fired(before, at))

    assert len(await to_staff(world)) == 1


# ── what the called read ────────────────────────────────────────────────────────────────────────


async def test_a_stand_in_and_whoever_is_on_duty_read_why_them(world: World) -> None:
    await outage(world)
    people = (
        TOM.model_copy(update={"stands_in_for": "Ann Weiss"}),
        ANN.model_copy(update={"role": ON_DUTY}),
    )
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now(), notify=people))

    texts = {sent.address: sent.message.text for sent in await to_staff(world)}
    assert "You stand in for Ann Weiss." in texts["tom@nordlicht.example"]
    assert "You are called because you are on duty." in texts["ann@nordlicht.example"]
    assert "stand in" not in texts["ann@nordlicht.example"]
    rows = {row["person"]: row["because"] for row in await world.rows(kind="escalation")}
    assert rows["tom"].startswith("deputy, standing in for Ann Weiss: critical")


async def test_whoever_was_only_called_by_a_step_that_is_taken_back_hears_so(
    world: World,
) -> None:
    await outage(world)
    incident, now = world.snapshot(), world.clock.now()
    await world.hears_escalation(step_fired(incident, now, notify=(TOM,), step=1))
    await world.deliver()
    world.mails.clear()

    later = now + timedelta(minutes=5)
    await world.hears_escalation(de_escalated(incident, later, step=1, told=(TOM,)))

    [sent] = await to_staff(world)
    assert (sent.address, sent.kind) == ("tom@nordlicht.example", Kind.STAFF_NOTE)
    assert (
        "You are not needed for ACME GmbH, Mail EU, any more: Eva Lang took the call back."
        ' Reason: "I speak with them myself".' in sent.message.text
    )
    assert sent.message.thread.root_id is not None


# ── news of the client's own escalation ─────────────────────────────────────────────────────────


async def test_when_nobody_at_the_client_confirms_its_account_manager_hears(
    world: World,
) -> None:
    await outage(world)
    tried = (
        e.TriedCall(name="Jo Frei", channels=(Channel.EMAIL,), at=world.clock.now()),
        e.TriedCall(name="Mia Roth", channels=(Channel.VOICE,), at=world.clock.now()),
    )
    over = exhausted(
        world.snapshot(),
        world.clock.now(),
        chain=ChainKind.CLIENT,
        kind=Kind.ESCALATION_EXHAUSTED,
        tried=tried,
    )
    await world.hears_escalation(over)

    [sent] = await to_staff(world)
    assert (sent.address, sent.kind) == ("ann@nordlicht.example", Kind.STAFF_NOTE)
    assert (
        "Nobody at ACME GmbH has confirmed the messages on Mail EU, and everybody on their own"
        " list was called: Jo Frei and Mia Roth." in sent.message.text
    )


async def test_of_several_clients_one_person_hears_in_one_message(world: World) -> None:
    await outage(world)
    await world.knows(acme(key="beta", name="Beta AG"))
    over = exhausted(
        world.snapshot(),
        world.clock.now(),
        chain=ChainKind.CLIENT,
        client_keys=("acme", "beta"),
    )
    await world.hears_escalation(over)

    [sent] = await to_staff(world)
    assert "Nobody at ACME GmbH and Beta AG has confirmed" in sent.message.text


async def test_whoever_has_the_client_hears_it_in_place_of_the_account_manager(
    world: World,
) -> None:
    await outage(world)
    now = world.clock.now()
    await world.hears_escalation(taken(world.snapshot(), now))
    over = exhausted(world.snapshot(), now + timedelta(minutes=1), chain=ChainKind.CLIENT)
    await world.hears_escalation(over)

    assert [sent.address for sent in await to_staff(world)] == ["tom@nordlicht.example"]


async def test_a_confirmation_is_news_only_where_somebody_was_called(world: World) -> None:
    await outage(world)
    now = world.clock.now()
    await world.hears_escalation(confirmed(world.snapshot(), now))
    assert await to_staff(world) == []

    await world.hears_escalation(contact_called(world.snapshot(), now + timedelta(minutes=1)))
    await world.hears_escalation(confirmed(world.snapshot(), now + timedelta(minutes=2)))

    [sent] = await to_staff(world)
    assert sent.address == "ann@nordlicht.example"
    assert "Jo Frei at ACME GmbH has confirmed the messages on Mail EU" in sent.message.text


@pytest.mark.parametrize("has_it", [True, False])
async def test_a_pause_is_told_to_whoever_has_the_client_and_to_nobody_else(
    world: World, *, has_it: bool
) -> None:
    await outage(world)
    now = world.clock.now()
    if has_it:
        await world.hears_escalation(taken(world.snapshot(), now))
    until = now + timedelta(minutes=30)
    await world.hears_escalation(paused(world.snapshot(), now + timedelta(minutes=1), until=until))

    sent = await to_staff(world)
    assert [one.address for one in sent] == (["tom@nordlicht.example"] if has_it else [])
    assert all("Eva Lang holds all further calls for ACME GmbH" in one.message.text for one in sent)
