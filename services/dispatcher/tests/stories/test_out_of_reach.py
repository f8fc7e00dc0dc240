"""Somebody at a client whom no channel reaches: told of once, to those who can do something."""

from __future__ import annotations

from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome
from dispatcher.delivery.receipts import Receipt
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource, Severity

from services.dispatcher.tests.answering import asked
from services.dispatcher.tests.facts import address, updated
from services.dispatcher.tests.minor import (
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    minor,
    opens,
    with_sms,
)
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

PHONE = "+49 30 23125207"
MAIL_THEN_SMS = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)


async def ready(world: World, **addresses: Any) -> PlayedChannel:
    sms = with_sms(world)
    where = addresses or {"email": "jo@acme.example", "phone": PHONE}
    await knows(world, gold_with(MAIL_THEN_SMS), people=[address("jo", **where)])
    return sms


def mail_says(world: World, outcome: SendOutcome) -> None:
    """Staff read theirs all the same."""
    world.channels[Channel.EMAIL].answer = lambda message, to: (
        Accepted("id") if message.kind.for_staff else outcome
    )


async def test_who_is_refused_on_every_channel_is_out_of_reach(world: World) -> None:
    sms = await ready(world)
    mail_says(world, Rejected("550 no such mailbox"))
    sms.answer = lambda message, to: Rejected("30003 unreachable")

    await opens(world, severity=Severity.SEV1)

    [lost] = await world.published(e.ContactUnreachable)
    assert (lost.client_key, lost.person, lost.person_name) == ("acme", "jo", "Jo Frei")
    assert lost.roles == ("it_lead",)
    assert lost.reason == "email: 550 no such mailbox; sms: 30003 unreachable"


async def test_it_is_said_once_and_the_account_manager_reads_it(world: World) -> None:
    sms = await ready(world)
    mail_says(world, Rejected("550 no such mailbox"))
    sms.answer = lambda message, to: Rejected("30003 unreachable")
    await opens(world, severity=Severity.SEV1)
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()

    await world.core.timers.fire_due()
    await world.deliver()

    assert len(await world.published(e.ContactUnreachable)) == 1
    [note] = [sent for sent in world.mails if sent.kind is Kind.STAFF_NOTE]
    assert "Jo Frei, ACME GmbH, can be reached on no channel" in note.message.text


async def test_the_note_names_the_way_out_before_what_was_tried(world: World) -> None:
    """A text message ends where its room does."""
    sms = await ready(world, email="jo@acme.example", phone=PHONE, slack="C024")
    mail_says(world, Rejected("550 no such mailbox"))
    sms.answer = lambda message, to: (
        Accepted("id")
        if message.kind.for_staff
        else Rejected("30003 unreachable " + "and so on " * 40)
    )
    await opens(world, severity=Severity.SEV1)

    await world.core.timers.fire_due()
    await world.deliver()

    [note] = [sent for sent in world.mails if sent.kind is Kind.STAFF_NOTE]
    assert (
        "Jo Frei, ACME GmbH, can be reached on no channel. Send it again by slack from the"
        " outage's page, or call. Tried: email: 550 no such mailbox; sms: 30003 unreachable"
    ) in " ".join(note.message.text.split())
    assert "and so on " * 20 not in note.message.text
    [text] = [sent.message.text for sent in sms.sent if sent.kind is Kind.STAFF_NOTE]
    assert "can be reached on no channel. Send it again by slack from the outage's page" in text


async def test_while_one_way_is_left_nobody_is_out_of_reach(world: World) -> None:
    sms = await ready(world)
    mail_says(world, Rejected("550 no such mailbox"))
    sms.answer = lambda message, to: RetryLater("503")

    await opens(world, severity=Severity.SEV1)

    assert await world.published(e.ContactUnreachable) == []


async def test_who_has_no_address_at_all_is_out_of_reach_from_the_start(world: World) -> None:
    await ready(world, slack="C024")

    await opens(world, severity=Severity.SEV1)

    [lost] = await world.published(e.ContactUnreachable)
    assert lost.person == "jo"


async def test_a_bounce_that_leaves_no_way_counts_as_well(world: World) -> None:
    await ready(world, email="jo@acme.example")
    await opens(world, severity=Severity.SEV1)
    [mail] = await world.rows(channel="email")

    await world.core.receipts.record(
        Receipt(mail["id"], DeliveryState.FAILED, world.clock.now(), "550 no such mailbox")
    )
    await world.deliver()

    [lost] = await world.published(e.ContactUnreachable)
    assert lost.reason.startswith("email: 550 no such mailbox; sms: Jo Frei has no sms address")


async def test_whom_a_rule_leaves_out_is_not_out_of_reach(world: World) -> None:
    """An exercise of which clients hear nothing."""
    await ready(world)

    await opens(world, severity=Severity.SEV1, drill=True)

    assert await world.published(e.ContactUnreachable) == []


async def test_an_answer_that_could_not_go_leaves_nobody_out_of_reach(world: World) -> None:
    """Jo reads the outage's messages, whatever becomes of an answer by text message."""
    sms = await ready(world)
    sms.answer = lambda message, to: Rejected("30003 unreachable")
    await opens(world, severity=Severity.SEV1)
    incident = minor(world, severity=Severity.SEV1)

    await world.hears(asked(world, incident=incident, source=QuestionSource.SMS))
    await world.deliver()

    [row] = await world.rows(kind="auto_answer")
    assert row["state"] == "failed"
    assert await world.published(e.ContactUnreachable) == []


async def test_whom_a_later_message_has_reached_is_not_out_of_reach(world: World) -> None:
    """A mail that comes back late says nothing of a reader who got the next one."""
    await ready(world, email="jo@acme.example")
    await opens(world, severity=Severity.SEV1)
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()
    first = (await world.rows(channel="email", person="jo"))[0]

    await world.core.receipts.record(
        Receipt(first["id"], DeliveryState.FAILED, world.clock.now(), "552 mailbox full")
    )
    await world.deliver()

    assert await world.published(e.ContactUnreachable) == []
