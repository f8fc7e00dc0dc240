"""Staff hear that a promised word is due, at risk or late: each person in one message."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Destination, RenderedMessage, RetryLater, SendOutcome
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Kind, Promise, StaffRole

from services.dispatcher.tests.facts import START, address, opened, updated
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

ANN = e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER)
EVA = e.Called(person="eva", name="Eva Lang", role=StaffRole.ESCALATION_MANAGER)
DUE = START + timedelta(minutes=38)


async def outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.mails.clear()
    world.clock.advance(minutes=33)


def word_due(world: World, **given: Any) -> e.UpdateDue:
    kind = given.pop("event", e.UpdateDue)
    values: dict[str, Any] = {
        "incident": world.snapshot(),
        "client_keys": ("acme",),
        "at": world.clock.now(),
        "kind": Kind.UPDATE_OVERDUE,
        "due_at": DUE,
        "next_due_at": DUE + timedelta(minutes=30),
        "then": e.NextCall(name="Ann Weiss", at=DUE + timedelta(minutes=10)),
    }
    made: e.UpdateDue = kind(**{**values, **given})
    return made


def promise(world: World, event: type[e.PromiseEvent], **given: Any) -> e.PromiseEvent:
    kind = Kind.SLA_AT_RISK if event is e.PromiseAtRisk else Kind.SLA_BREACHED
    values: dict[str, Any] = {
        "incident": world.snapshot(),
        "client_keys": ("acme",),
        "at": world.clock.now(),
        "kind": kind,
        "promise": Promise.UPDATE,
        "due_at": DUE,
        "kept": 6,
        "promised": 7,
        "every_minutes": 30,
        "notify": (ANN,),
        "thread": "acme",
    }
    return event(**{**values, **given})


async def told(world: World) -> list[tuple[str, str]]:
    """Who got what since the story began: address and subject."""
    await world.deliver()
    return [(sent.address, sent.message.subject or "") for sent in world.mails]


async def test_the_noc_is_reminded_of_a_word_that_is_due(world: World) -> None:
    await outage(world)
    await world.hears_escalation(word_due(world))

    assert await told(world) == [("noc@nordlicht.example", "Word due: Mail EU [INC-2041]")]
    text = world.mails[0].message.text
    assert "by 10:30 CET" in text
    assert "At 10:40 CET Ann Weiss is told." in text
    assert "/take/" not in text


async def test_the_reminder_quotes_what_was_told_last(world: World) -> None:
    await outage(world)
    await world.hears(updated(world.snapshot(), "A controller has failed."))
    await world.deliver()
    world.mails.clear()
    last = world.clock.now()
    await world.hears_escalation(word_due(world, last_told_at=last))
    await world.deliver()

    assert 'Last told, 10:25 CET: "A controller has failed."' in world.mails[0].message.text


async def test_what_is_overdue_stays_in_the_same_thread(world: World) -> None:
    await outage(world)
    await world.hears_escalation(word_due(world))
    await told(world)
    world.clock.set(DUE)
    await world.hears_escalation(word_due(world, event=e.UpdateOverdue))

    [(_, first), (_, second)] = await told(world)
    assert first == second
    assert world.mails[1].message.thread.root_id is not None


async def test_the_account_manager_hears_when_it_stays_unwritten(world: World) -> None:
    await outage(world)
    await world.hears_escalation(word_due(world, event=e.UpdateOverdue, notify=(ANN,)))

    assert [address for address, _ in await told(world)] == ["ann@nordlicht.example"]


async def test_a_word_written_before_the_reminder_arrives_makes_it_needless(world: World) -> None:
    await outage(world)
    reminder = word_due(world)
    await world.hears(updated(world.snapshot(), next_update_due={"acme": later(DUE)}))
    await world.deliver()
    world.mails.clear()
    await world.hears_escalation(reminder)

    assert await told(world) == []
    [row] = await world.rows(kind="update_overdue")
    assert (row["state"], row["reason"]) == ("skipped", "it was written meanwhile")


def away(_: RenderedMessage, __: Destination) -> SendOutcome:
    return RetryLater("connection refused")


async def test_a_word_written_while_the_reminder_waits_makes_it_needless(world: World) -> None:
    await outage(world)
    world.channels[Channel.EMAIL].answer = away
    await world.hears_escalation(word_due(world))
    await world.deliver()
    world.channels[Channel.EMAIL].answer = None
    world.mails.clear()
    await world.hears(updated(world.snapshot(), next_update_due={"acme": later(DUE)}))
    world.clock.advance(minutes=1)
    await world.deliver()

    assert [sent.kind for sent in world.mails] == [Kind.UPDATE] * len(world.mails)
    [row] = await world.rows(kind="update_overdue")
    assert row["reason"] == "it was written meanwhile"


async def test_what_escalation_heard_of_first_is_not_taken_for_written(world: World) -> None:
    """The moment that it reminds of was promised by an event which has not arrived here yet."""
    await outage(world)
    await world.hears_escalation(word_due(world, due_at=later(DUE)))

    assert [address for address, _ in await told(world)] == ["noc@nordlicht.example"]


async def test_a_take_is_no_word_and_the_reminder_goes(world: World) -> None:
    await outage(world)
    reminder = word_due(world)
    world.clock.advance(seconds=5)
    await world.hears_escalation(
        e.EscalationTaken(
            incident=world.snapshot(),
            client_keys=("acme",),
            at=world.clock.now(),
            person="ann",
            person_name="Ann Weiss",
            expires_at=later(world.clock.now()),
        )
    )
    await world.hears_escalation(reminder)

    assert [address for address, _ in await told(world)] == ["noc@nordlicht.example"]


async def test_a_promise_at_risk_reaches_the_noc_and_the_account_manager(world: World) -> None:
    await outage(world)
    await world.hears_escalation(promise(world, e.PromiseAtRisk))

    subject = "Promise at risk: ACME GmbH [INC-2041]"
    assert sorted(await told(world)) == [
        ("ann@nordlicht.example", subject),
        ("noc@nordlicht.example", subject),
    ]
    assert "update every 30 minutes" in world.mails[0].message.text
    assert "6 of 7" in world.mails[0].message.text


async def test_a_broken_promise_and_its_late_word_stay_in_that_thread(world: World) -> None:
    await outage(world)
    await world.hears_escalation(promise(world, e.PromiseAtRisk))
    await told(world)
    world.clock.set(DUE + timedelta(seconds=5))
    reason = "no update was written"
    await world.hears_escalation(promise(world, e.PromiseBreached, reason=reason))
    await told(world)
    world.clock.set(DUE + timedelta(minutes=4))
    late = promise(world, e.PromiseBreached, reason=reason, done_at=world.clock.now())
    await world.hears_escalation(late)
    await told(world)

    mine = [sent for sent in world.mails if sent.address == "ann@nordlicht.example"]
    assert [sent.kind for sent in mine] == [Kind.SLA_AT_RISK, *[Kind.SLA_BREACHED] * 2]
    assert {sent.message.subject for sent in mine} == {"Promise at risk: ACME GmbH [INC-2041]"}
    assert len({sent.message.thread.root_id for sent in mine[1:]}) == 1
    assert "no update was written" in mine[1].message.text
    assert "4 minutes late" in mine[2].message.text


async def test_many_clients_are_one_message_a_person_with_their_own_alone(world: World) -> None:
    await outage(world)
    await world.knows(people=[address("eva", None, email="eva@nordlicht.example")])
    others = tuple(
        e.AlsoPromised(client_key=key, notify=(ANN,) if key == "beta" else (EVA,), every_minutes=30)
        for key in ("beta", *(f"client-{number}" for number in range(38)))
    )
    silent = promise(world, e.PromiseAtRisk, client_keys=("beta",), kind=None)
    await world.hears_escalation(promise(world, e.PromiseAtRisk, together=others), silent)

    mails = sorted(await told(world))
    assert [address for address, _ in mails] == [
        "ann@nordlicht.example",
        "eva@nordlicht.example",
        "noc@nordlicht.example",
    ]
    text = {sent.address: sent.message.text for sent in world.mails}
    assert "client-37" not in text["ann@nordlicht.example"]
    assert "beta" in text["ann@nordlicht.example"]
    assert "beta" not in text["eva@nordlicht.example"]


async def test_whose_address_is_not_known_keeps_nobody_else_waiting(world: World) -> None:
    await outage(world)
    await world.hears_escalation(promise(world, e.PromiseAtRisk, notify=(EVA,)))

    assert [address for address, _ in await told(world)] == ["noc@nordlicht.example"]
    [eva] = await world.rows(person="eva")
    assert eva["reason"] == "Eva Lang has no usable email address"


async def test_a_kept_promise_is_no_news(world: World) -> None:
    await outage(world)
    await world.hears_escalation(
        promise(world, e.PromiseKept, kind=None, done_at=world.clock.now())
    )

    assert await told(world) == []


async def test_an_exercise_says_so_to_staff_too(world: World) -> None:
    await outage(world)
    await world.hears_escalation(word_due(world, incident=world.snapshot(drill=True)))

    [(_, subject)] = await told(world)
    assert subject.startswith("EXERCISE")


def later(moment: datetime) -> datetime:
    return moment + timedelta(minutes=30)
