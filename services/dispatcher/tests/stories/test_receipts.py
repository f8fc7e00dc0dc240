"""What a provider says of a message after it took it: it arrived, it came back, nobody answered."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Rejected, Unknown
from dispatcher.delivery.receipts import Receipt
from tocsin_contracts import events as e
from tocsin_contracts.directory import Fallback, NotifyRule
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity, SuppressionCause

from services.dispatcher.tests.facts import address, updated
from services.dispatcher.tests.minor import (
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    later,
    minor,
    opens,
    with_sms,
)
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

PHONE = "+49 30 23125207"
MAIL_THEN_SMS = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
SMS_THEN_MAIL = NotifyRule(
    roles=("it_lead",), channels=(Channel.SMS,), fallback=Fallback(channel=Channel.EMAIL)
)
NO_SUCH_BOX = "550 5.1.1 no such mailbox"


async def ready(world: World, rule: NotifyRule = MAIL_THEN_SMS) -> PlayedChannel:
    sms = with_sms(world)
    with_phone = address("jo", email="jo@acme.example", phone=PHONE)
    await knows(world, gold_with(rule), people=[with_phone])
    return sms


async def row(world: World, channel: str) -> dict[str, Any]:
    return (await world.rows(channel=channel))[-1]


async def says(
    world: World,
    delivery_id: str,
    state: DeliveryState,
    reason: str | None = None,
    suppress: SuppressionCause | None = None,
) -> None:
    """The provider calls back."""
    receipt = Receipt(delivery_id, state, world.clock.now(), reason, suppress)
    await world.core.receipts.record(receipt)
    await world.deliver()


async def bounces(world: World, delivery_id: str) -> None:
    cause = SuppressionCause.HARD_BOUNCE
    await says(world, delivery_id, DeliveryState.FAILED, NO_SUCH_BOX, cause)


async def told_states(world: World, delivery_id: str) -> list[DeliveryState]:
    return [
        one.state
        for event in await world.published(e.OutcomesRecorded)
        for one in event.outcomes
        if one.delivery_id == delivery_id
    ]


async def test_accepted_is_not_delivered_until_the_provider_says_so(world: World) -> None:
    await ready(world, SMS_THEN_MAIL)
    await opens(world, severity=Severity.SEV1)
    text = await row(world, "sms")
    assert text["state"] == "accepted"

    await says(world, text["id"], DeliveryState.DELIVERED)

    assert (await row(world, "sms"))["state"] == "delivered"
    assert await told_states(world, text["id"]) == ["accepted", "delivered"]


async def test_a_bounce_after_acceptance_is_an_sms_at_once(world: World) -> None:
    """The mail was taken, so the text message was thought needless; a minute later it is back."""
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    assert (await row(world, "sms"))["state"] == "skipped"
    await later(world, minutes=1)

    await bounces(world, (await row(world, "email"))["id"])

    mail = await row(world, "email")
    assert (mail["state"], mail["reason"], mail["accepted_at"]) == ("failed", NO_SUCH_BOX, None)
    assert [sent.address for sent in sms.sent] == [PHONE]


async def test_after_the_bounce_nothing_goes_to_the_mailbox_for_a_month(world: World) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    await bounces(world, (await row(world, "email"))["id"])

    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()
    await later(world, days=31)
    await opens(world, 2042, severity=Severity.SEV1)

    assert len(sms.sent) == 2
    assert len(world.mails) == 2
    [suppressed] = await world.published(e.SuppressionChanged)
    assert (suppressed.channel, suppressed.cause) == (Channel.EMAIL, SuppressionCause.HARD_BOUNCE)
    assert [one.person for one in suppressed.people] == ["jo"]
    assert suppressed.detail == NO_SUCH_BOX
    assert suppressed.expires_at - suppressed.since == timedelta(days=30)


async def test_of_two_mails_that_bounce_only_the_newer_is_an_sms(world: World) -> None:
    """The older one would say what is not true any more."""
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    first = (await row(world, "email"))["id"]
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()
    second = (await row(world, "email"))["id"]

    await bounces(world, first)
    assert sms.sent == []
    await bounces(world, second)

    assert [sent.kind for sent in sms.sent] == [Kind.UPDATE]
    assert "We found the cause." in sms.sent[0].message.text


async def test_a_bounce_that_comes_days_later_wakes_nobody(world: World) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    await later(world, days=2)

    await bounces(world, (await row(world, "email"))["id"])

    assert sms.sent == []
    assert (await row(world, "email"))["state"] == "failed"


async def test_stop_is_honoured_and_the_fallback_goes_at_once(world: World) -> None:
    sms = await ready(world, SMS_THEN_MAIL)
    sms.answer = lambda message, to: Rejected("21610: the reader wrote STOP", SuppressionCause.STOP)
    await opens(world, severity=Severity.SEV1)
    assert len(world.mails) == 1

    sms.answer = None
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()

    assert len(sms.sent) == 1
    assert len(world.mails) == 2
    text = await row(world, "sms")
    assert text["reason"] == "suppressed: 21610: the reader wrote STOP"
    [suppressed] = await world.published(e.SuppressionChanged)
    assert (suppressed.cause, suppressed.expires_at) == (SuppressionCause.STOP, None)


async def test_start_takes_back_stop_and_no_bounce(world: World) -> None:
    sms = await ready(world, SMS_THEN_MAIL)
    sms.answer = lambda message, to: Rejected("21610", SuppressionCause.STOP)
    await opens(world, severity=Severity.SEV1)
    sms.answer = None
    place, now = (await row(world, "sms"))["destination"], world.clock.now()

    async with world.database.transaction() as conn:
        lift = world.core.suppressions.lift_at
        assert not await lift(conn, Channel.SMS, place, SuppressionCause.UNFIT, now, "jo")
        assert await lift(conn, Channel.SMS, place, SuppressionCause.STOP, now, "jo")
    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()

    assert len(sms.sent) == 2
    _, lifted = await world.published(e.SuppressionChanged)
    assert (lifted.lifted_at, lifted.lifted_by) == (now, "jo")


async def test_what_waits_for_its_next_try_ends_when_the_destination_is_suppressed(
    world: World,
) -> None:
    sms = await ready(world)
    world.channels[Channel.EMAIL].answer = lambda message, to: Unknown("the answer was lost")
    await opens(world, severity=Severity.SEV1)
    mail = await row(world, "email")
    assert mail["state"] == "pending"

    async with world.database.transaction() as conn:
        await world.core.suppressions.suppress(
            conn,
            Channel.EMAIL,
            mail["destination"],
            SuppressionCause.COMPLAINT,
            "the reader's provider called it unwanted",
            world.clock.now(),
        )
    await world.deliver()

    assert (await row(world, "email"))["state"] == "skipped"
    assert len(sms.sent) == 1


@pytest.mark.parametrize(
    "order",
    [
        (DeliveryState.DELIVERED, DeliveryState.DELIVERED, DeliveryState.FAILED),
        (DeliveryState.FAILED, DeliveryState.DELIVERED, DeliveryState.FAILED),
    ],
)
async def test_receipts_in_any_order_end_as_delivered(
    world: World, order: tuple[DeliveryState, ...]
) -> None:
    await ready(world, SMS_THEN_MAIL)
    await opens(world, severity=Severity.SEV1)
    text = (await row(world, "sms"))["id"]

    for state in order:
        await says(world, text, state)

    assert (await row(world, "sms"))["state"] == "delivered"


async def test_a_receipt_that_overtakes_our_own_record_is_kept_for_it(world: World) -> None:
    """Providers call back before their answer to us is written down."""
    sms = await ready(world, SMS_THEN_MAIL)
    await opens(world, severity=Severity.SEV1)
    text = await row(world, "sms")
    async with world.database.connection() as conn:
        await conn.execute(
            """UPDATE deliveries SET state = 'sending', lease = 'gone', lease_until = now()
               WHERE id = $1""",
            text["id"],
        )

    receipt = Receipt(text["id"], DeliveryState.DELIVERED, world.clock.now())
    await world.core.receipts.record(receipt)
    assert (await row(world, "sms"))["state"] == "sending"
    await world.deliver()

    assert (await row(world, "sms"))["state"] == "delivered"
    assert len(sms.sent) == 1


async def test_a_receipt_of_nothing_of_ours_changes_nothing(world: World) -> None:
    await ready(world)
    await opens(world, severity=Severity.SEV1)
    before = await world.rows()

    await says(world, "01900000-0000-7000-8000-000000000000", DeliveryState.FAILED)

    assert await world.rows() == before


async def test_a_call_that_nobody_answered_is_made_again(world: World) -> None:
    sms = await ready(world)
    await opens(world, severity=Severity.SEV1)
    mail = (await row(world, "email"))["id"]

    due = world.clock.now() + timedelta(minutes=2)
    await world.core.receipts.retry(mail, due, "nobody answered")
    await world.deliver()

    again = await row(world, "email")
    assert (again["state"], again["reason"]) == ("pending", "nobody answered")
    # What stands in for it is given its time again.
    assert (await row(world, "sms"))["state"] == "waiting"
    await later(world, minutes=2)
    assert len(world.mails) == 2
    await later(world, minutes=10)
    assert sms.sent == []


async def test_a_lost_answer_that_proves_delivered_is_not_sent_again(world: World) -> None:
    await ready(world)
    world.channels[Channel.EMAIL].answer = lambda message, to: Unknown("the answer was lost")
    await opens(world, severity=Severity.SEV1)
    world.channels[Channel.EMAIL].answer = lambda message, to: Accepted("id")

    await says(world, (await row(world, "email"))["id"], DeliveryState.DELIVERED)
    await later(world, minutes=10)

    assert len(world.mails) == 1
    assert (await row(world, "email"))["state"] == "delivered"
