"""Many small disruptions: the first is told at once, the rest together, and nobody is flooded."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Rejected
from tocsin_contracts import events as e
from tocsin_contracts.directory import Cap, NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity, Status

from services.dispatcher.tests.facts import (
    acme,
    address,
    closed,
    jo,
    opened,
    resolved,
    updated,
)
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    IT_LEAD,
    NIGHT,
    SATURDAY_SEVEN,
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    minor,
    opens,
    promising,
    raised,
    resolved_at,
    until,
    with_sms,
)
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration

TWO_AN_HOUR = Cap(messages=2, per_minutes=Decimal(60))


async def outcomes(world: World, number: int) -> list[tuple[Kind, DeliveryState, str | None]]:
    """What the rest of the chain heard of one incident's rows."""
    return [
        (one.kind, one.state, one.reason)
        for event in await world.published(e.OutcomesRecorded)
        if event.incident_id == f"incident-{number}"
        for one in event.outcomes
    ]


def kinds(world: World) -> list[Kind]:
    return [sent.kind for sent in world.mails]


async def later(world: World, **amount: float) -> None:
    await until(world, world.clock.now() + timedelta(**amount))


async def test_the_first_goes_at_once_and_the_next_ones_together(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    for number in (2, 3, 4):
        await later(world, minutes=1)
        await opens(world, number)
    assert kinds(world) == [Kind.INITIAL]

    await later(world, minutes=2)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    text = world.mails[-1].message.text
    assert "3 disruptions" in text
    await later(world, minutes=30)
    assert len(world.mails) == 2


async def test_what_a_digest_told_is_told(world: World) -> None:
    """Its promise is kept, and what follows goes on as usual."""
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)

    clock = "told in the digest of 09:57 CET"
    assert await outcomes(world, 2) == [
        (Kind.INITIAL, DeliveryState.WAITING, WAITS),
        (Kind.INITIAL, DeliveryState.SUPERSEDED, clock),
        (Kind.DIGEST, DeliveryState.ACCEPTED, None),
        (Kind.INITIAL, DeliveryState.ACCEPTED, clock),
    ]
    assert await outcomes(world, 3) == [
        (Kind.INITIAL, DeliveryState.WAITING, WAITS),
        (Kind.INITIAL, DeliveryState.SUPERSEDED, clock),
        (Kind.INITIAL, DeliveryState.ACCEPTED, clock),
    ]
    planned = (await world.published(e.NotificationPlanned))[-1]
    [row] = planned.deliveries
    assert planned.kind is Kind.DIGEST
    assert row.because == "INC-2 and INC-3 in one message"

    await later(world, minutes=10)
    await world.hears(resolved(resolved_at(world, 3)))
    await world.deliver()
    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST, Kind.RESOLVED]


WAITS = "waits for what else happens: another disruption was told just before"


async def test_one_that_is_left_goes_as_itself(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await later(world, minutes=1)
    await opens(world, 2)

    await later(world, minutes=4)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]


async def test_after_a_digest_others_wait_again(world: World) -> None:
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)
    for number in (4, 5):
        await later(world, minutes=1)
        await opens(world, number)
    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]

    await later(world, minutes=3)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST, Kind.DIGEST]
    first, second = world.mails[1:]
    assert second.message.thread.root_id == first.message.thread.message_id


async def test_of_two_hundred_at_once_two_messages_are_read(world: World) -> None:
    await knows(world, gold_with())
    for number in range(200):
        await world.hears(opened(minor(world, number), audience=promising(world)))
    await world.deliver()
    assert len(world.mails) == 1
    await later(world, minutes=5)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    [digest] = await world.rows(kind="digest")
    assert len(await world.rows(folded_into=digest["id"], state="accepted")) == 199


async def test_a_critical_outage_waits_for_nothing(world: World) -> None:
    await knows(world, gold_with(cap=Cap(messages=1, per_minutes=Decimal(60))))
    await opens(world, 1)
    await opens(world, 2, severity=Severity.SEV1)
    await opens(world, 3, severity=Severity.SEV2)

    assert len(world.mails) == 3


async def test_one_that_becomes_critical_while_it_waits_goes(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await opens(world, 2)

    await raised(world, Severity.SEV1, 2)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.UPDATE]


async def test_waiting_for_others_never_costs_the_promise(world: World) -> None:
    await knows(world, gold_with(group_minutes=Decimal(30)))
    await opens(world, 1)
    await opens(world, 2, minutes=10)

    await later(world, minutes=8, seconds=59)
    assert len(world.mails) == 1
    await later(world, seconds=1)
    assert len(world.mails) == 2


async def test_one_mailbox_of_two_clients_gets_a_digest_for_each(world: World) -> None:
    """A consultant reads for both: neither reads of the other's outages."""
    beta = acme(jo(), key="beta", name="Beta AG")
    consultant = [address("jo", key, email="jo@consult.example") for key in ("acme", "beta")]
    await knows(world, gold_with(), beta, people=consultant)
    for number in range(1, 7):
        key, name = ("acme", "Acme") if number % 2 else ("beta", "Beta")
        incident = minor(world, number, title=f"{name} {number}")
        await world.hears(opened(incident, audience=promising(world, client_key=key)))
        await world.deliver()
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]

    await later(world, minutes=5)

    assert kinds(world)[2:] == [Kind.DIGEST, Kind.DIGEST]
    for row in await world.rows(kind="digest"):
        told = await world.rows(folded_into=row["id"])
        assert {one["client_key"] for one in told} == {row["client_key"]}
    for sent in world.mails[2:]:
        assert ("Beta AG" in sent.message.text) != ("ACME" in sent.message.text)


async def test_what_happened_since_is_in_the_digest_and_not_told_again(world: World) -> None:
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=1)
    await world.hears(updated(minor(world, 2, status=Status.IDENTIFIED)))
    await world.deliver()

    await later(world, minutes=4)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    await later(world, minutes=10)
    assert len(world.mails) == 2


async def test_one_that_was_over_meanwhile_is_one_message_of_its_own(world: World) -> None:
    await knows(world, gold_with())
    await opens(world, 1)
    await opens(world, 2)
    await later(world, minutes=1)
    await world.hears(resolved(resolved_at(world, 2)))
    await world.deliver()

    assert kinds(world) == [Kind.INITIAL, Kind.RESOLVED]


async def test_above_the_cap_the_rest_waits_and_goes_as_one(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    for number in (1, 2, 3, 4):
        await opens(world, number, minutes=600)
        await later(world, minutes=1)
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]
    waits = [row["reason"] for row in await world.rows(state="waiting")]
    assert waits == ["waits for others: at most 2 messages in 60 minutes"] * 2

    await later(world, minutes=56)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.DIGEST]


async def test_updates_above_the_cap_go_as_one_too(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    await opens(world, 1, minutes=600)
    await later(world, minutes=30)
    await opens(world, 2, minutes=600)
    for number in (1, 2):
        await later(world, minutes=1)
        await world.hears(updated(minor(world, number)))
        await world.deliver()
    assert len(world.mails) == 2

    # There is room for one.
    await later(world, minutes=28)

    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL, Kind.DIGEST]


async def test_a_cap_never_costs_the_promised_update(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    start = world.clock.now()
    for number in (1, 2):
        await opens(world, number)
    # Both were promised a word after four hours; one more opens just before.
    await until(world, start + timedelta(hours=3, minutes=50))
    for number in (3, 4):
        await opens(world, number)
    await world.hears(updated(minor(world, 1)))
    await world.deliver()
    assert len(world.mails) == 4

    await until(world, start + timedelta(hours=3, minutes=59))

    assert world.mails[-1].kind is Kind.UPDATE


async def test_a_closing_note_above_the_cap_is_never_folded(world: World) -> None:
    await knows(world, gold_with(cap=TWO_AN_HOUR, group_minutes=Decimal(0)))
    for number in (1, 2):
        await opens(world, number, minutes=600)
    incident = resolved_at(world, 1)
    await world.hears(closed(incident))
    await opens(world, 3, minutes=600)
    await later(world, minutes=60)
    await later(world, minutes=60)
    await later(world, minutes=60)

    assert Kind.CLOSURE in kinds(world)
    assert Kind.DIGEST not in kinds(world)


async def test_what_happened_at_night_is_one_message_in_the_morning(world: World) -> None:
    world.clock.set(FRIDAY_LATE)
    await knows(world, gold_with(quiet_hours=NIGHT))
    for number in (1, 2, 3):
        await opens(world, number, minutes=600)
        await later(world, hours=1)

    await until(world, SATURDAY_SEVEN)

    assert kinds(world) == [Kind.DIGEST]


async def test_where_the_digest_bounces_what_stands_in_goes_for_each(world: World) -> None:
    sms = with_sms(world)
    rule = IT_LEAD.model_copy(update={"fallback": SMS_AFTER_FIVE})
    phone = address("jo", email="jo@acme.example", phone="+49 30 1")
    await knows(world, gold_with(rule, group_minutes=Decimal(3)), people=[phone])
    for number in (1, 2, 3):
        await opens(world, number)
    world.channels[Channel.EMAIL].answer = lambda message, to: Rejected("550 no such mailbox")

    await later(world, minutes=3)
    await later(world, minutes=3)
    await later(world, minutes=3)

    assert kinds(world)[-1] is Kind.DIGEST
    assert {sent.kind for sent in sms.sent} <= {Kind.INITIAL, Kind.DIGEST}
    assert len(sms.sent) >= 1


async def test_where_the_digest_is_accepted_no_fallback_goes(world: World) -> None:
    sms = with_sms(world)
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
    phone = address("jo", email="jo@acme.example", phone="+49 30 1")
    await knows(world, gold_with(rule), people=[phone])
    for number in (1, 2, 3):
        await opens(world, number)
    await later(world, minutes=5)
    await later(world, hours=1)

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
    assert sms.sent == []


async def test_an_exercise_neither_joins_a_digest_nor_holds_up_a_real_one(world: World) -> None:
    await knows(world, gold_with(drills="clients"))
    await opens(world, 1, drill=True)
    await opens(world, 2)
    assert kinds(world) == [Kind.INITIAL, Kind.INITIAL]


async def test_a_digest_cut_off_in_the_middle_is_sent_once(world: World) -> None:
    """The process ends after the digest was written and before it went."""
    await knows(world, gold_with())
    for number in (1, 2, 3):
        await opens(world, number)
    world.clock.advance(minutes=5)
    email: Any = world.channels[Channel.EMAIL]
    first = world.another_process()
    await first.worker.run_due()
    second = world.another_process()
    email.answer = lambda message, to: Accepted("id")
    await second.worker.run_due()

    assert kinds(world) == [Kind.INITIAL, Kind.DIGEST]
