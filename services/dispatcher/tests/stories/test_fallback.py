"""SMS if the mail was not accepted within five minutes, or bounced."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome
from tocsin_contracts import events as e
from tocsin_contracts.directory import NotifyRule, Preferences
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity

from services.dispatcher.tests.facts import acme, address, jo, opened, resolved, updated
from services.dispatcher.tests.minor import (
    FRIDAY_LATE,
    NIGHT,
    SATURDAY_SEVEN,
    SMS_AFTER_FIVE,
    gold_with,
    knows,
    minor,
    opens,
    raised,
    resolved_at,
    until,
    with_sms,
)
from services.dispatcher.tests.world import PlayedChannel, World

pytestmark = pytest.mark.integration

MAIL_THEN_SMS = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,), fallback=SMS_AFTER_FIVE)
PHONE = "+49 30 23125207"
WITH_PHONE = address("jo", email="jo@acme.example", phone=PHONE)


async def ready(world: World, rule: NotifyRule = MAIL_THEN_SMS, **given: Any) -> PlayedChannel:
    sms = with_sms(world)
    await knows(world, gold_with(rule, **given), people=[WITH_PHONE])
    return sms


def mail_says(world: World, outcome: SendOutcome) -> None:
    world.channels[Channel.EMAIL].answer = lambda message, to: outcome


async def sms_row(world: World, **where: Any) -> dict[str, Any]:
    [row] = await world.rows(channel="sms", **where)
    return row


async def test_where_the_mail_is_accepted_no_telephone_rings(world: World) -> None:
    sms = await ready(world)

    await opens(world, severity=Severity.SEV1)

    assert len(world.mails) == 1
    assert sms.sent == []
    row = await sms_row(world)
    assert (row["state"], row["reason"]) == ("skipped", "not needed: accepted by email")


async def test_both_are_planned_at_once_and_serve_the_same_rule(world: World) -> None:
    await ready(world)
    await opens(world, severity=Severity.SEV1)

    [planned] = await world.published(e.NotificationPlanned)
    mail, sms = planned.deliveries
    assert (mail.state, mail.rules) == (DeliveryState.PENDING, (0,))
    assert (sms.state, sms.rules) == (DeliveryState.PLANNED, (0,))
    assert sms.reason == "goes if nothing is accepted by email within 5 minutes"


async def test_a_mail_that_bounces_is_an_sms_at_once(world: World) -> None:
    sms = await ready(world)
    mail_says(world, Rejected("550 no such mailbox"))

    await opens(world, severity=Severity.SEV1)

    assert [sent.address for sent in sms.sent] == [PHONE]
    assert [row["state"] for row in await world.rows()] == ["failed", "accepted"]


async def test_a_mail_server_that_is_away_for_five_minutes_makes_an_sms(world: World) -> None:
    sms = await ready(world)
    mail_says(world, RetryLater("the mail server is away", timedelta(minutes=3)))
    await opens(world, severity=Severity.SEV1)

    start = world.clock.now()
    await until(world, start + timedelta(minutes=4, seconds=59))
    assert sms.sent == []
    await until(world, start + timedelta(minutes=5))
    assert len(sms.sent) == 1


async def test_a_mail_accepted_at_the_second_try_needs_no_sms(world: World) -> None:
    sms = await ready(world)
    mail_says(world, RetryLater("greylisted", timedelta(minutes=3)))
    await opens(world, severity=Severity.SEV1)
    mail_says(world, Accepted("id"))

    start = world.clock.now()
    await until(world, start + timedelta(minutes=3))
    await until(world, start + timedelta(minutes=10))

    assert sms.sent == []
    assert (await sms_row(world))["state"] == "skipped"


async def test_a_suppressed_mailbox_is_an_sms_at_once(world: World) -> None:
    sms = await ready(world)
    async with world.database.connection() as conn:
        await conn.execute(
            """INSERT INTO suppressions SELECT 'email', labels->>'email', 'it bounced', now()
               FROM people WHERE person = 'jo'"""
        )

    await opens(world, severity=Severity.SEV1)

    assert world.mails == []
    assert len(sms.sent) == 1


async def test_who_has_no_mail_address_gets_the_sms_at_once(world: World) -> None:
    sms = with_sms(world)
    await knows(world, gold_with(MAIL_THEN_SMS), people=[address("jo", phone=PHONE)])

    await opens(world, severity=Severity.SEV1)

    assert [sent.address for sent in sms.sent] == [PHONE]


async def test_what_is_over_by_the_morning_is_one_sms_to_who_has_no_mail_address(
    world: World,
) -> None:
    sms = with_sms(world)
    plan = gold_with(MAIL_THEN_SMS, quiet_hours=NIGHT)
    await knows(world, plan, people=[address("jo", phone=PHONE)])
    world.clock.set(FRIDAY_LATE)
    await opens(world)
    await world.hears(resolved(resolved_at(world)))

    await until(world, SATURDAY_SEVEN)

    assert [sent.kind for sent in sms.sent] == [Kind.RESOLVED]


async def test_what_waits_for_the_morning_has_its_five_minutes_in_the_morning(
    world: World,
) -> None:
    sms = await ready(world, quiet_hours=NIGHT)
    world.clock.set(FRIDAY_LATE)
    mail_says(world, RetryLater("the mail server is away", timedelta(minutes=3)))
    await opens(world)

    await until(world, SATURDAY_SEVEN)
    await until(world, SATURDAY_SEVEN + timedelta(minutes=4))
    assert sms.sent == []
    await until(world, SATURDAY_SEVEN + timedelta(minutes=5))
    assert len(sms.sent) == 1


async def test_no_fallback_wakes_anybody_for_a_moderate_outage(world: World) -> None:
    sms = await ready(world, quiet_hours=NIGHT)
    world.clock.set(FRIDAY_LATE - timedelta(minutes=102))  # 21:58 in Berlin
    mail_says(world, RetryLater("the mail server is away", timedelta(minutes=3)))
    await opens(world)

    await until(world, FRIDAY_LATE)
    assert sms.sent == []
    await until(world, SATURDAY_SEVEN)
    assert len(sms.sent) == 1


async def test_a_reader_reached_by_sms_is_asked_by_mail_first_the_next_time(world: World) -> None:
    sms = await ready(world)
    mail_says(world, Rejected("550 no such mailbox"))
    await opens(world, severity=Severity.SEV1)
    mail_says(world, Accepted("id"))

    await world.hears(updated(minor(world, severity=Severity.SEV1)))
    await world.deliver()

    assert len(sms.sent) == 1
    # In the mailbox it is the first word.
    assert [sent.kind for sent in world.mails] == [Kind.INITIAL, Kind.INITIAL]
    assert "We found the cause." in world.mails[-1].message.text


async def test_the_end_reaches_who_could_only_be_reached_by_sms(world: World) -> None:
    """The severity falls, and what the plan says then names nobody."""
    sms = with_sms(world)
    plan = gold_with(MAIL_THEN_SMS).document
    assert plan is not None
    nobody = plan.severities[Severity.SEV4].model_copy(update={"notify": ()})
    plan = plan.model_copy(update={"severities": {**plan.severities, Severity.SEV4: nobody}})
    changed = e.PlanChanged(revision=0, key="gold", document=plan)
    await knows(world, changed, people=[WITH_PHONE])
    mail_says(world, Rejected("550 no such mailbox"))
    await opens(world, severity=Severity.SEV1)

    await raised(world, Severity.SEV4, kind=None)
    await world.hears(resolved(resolved_at(world)))
    await world.deliver()

    assert [sent.kind for sent in sms.sent] == [Kind.INITIAL, Kind.RESOLVED]


async def test_an_sms_is_not_sent_for_what_a_newer_message_replaced(world: World) -> None:
    sms = await ready(world)
    mail_says(world, RetryLater("the mail server is away", timedelta(minutes=3)))
    await opens(world, severity=Severity.SEV1)
    world.clock.advance(minutes=2)
    await world.hears(resolved(resolved_at(world)))
    await world.deliver()

    await until(world, world.clock.now() + timedelta(minutes=30))

    assert [sent.kind for sent in sms.sent] == [Kind.RESOLVED]
    initial = await sms_row(world, kind="initial")
    assert (initial["state"], initial["reason"]) == ("superseded", "replaced by a newer resolved")


async def test_an_sms_that_waits_for_the_morning_after_a_bounce_is_replaced_as_any_other(
    world: World,
) -> None:
    sms = await ready(world, quiet_hours=NIGHT)
    world.clock.set(FRIDAY_LATE - timedelta(minutes=102))  # 21:58 in Berlin
    mail_says(world, Rejected("550 no such mailbox"))
    sms.answer = lambda message, to: RetryLater("the gateway is away", timedelta(minutes=3))
    await opens(world)
    sms.answer = None
    sms.sent.clear()
    await until(world, FRIDAY_LATE)
    await world.hears(resolved(resolved_at(world)))

    await until(world, SATURDAY_SEVEN)
    await until(world, SATURDAY_SEVEN + timedelta(minutes=5))

    assert [sent.kind for sent in sms.sent] == [Kind.RESOLVED]
    assert "Mail EU was disrupted" in world.mails[-1].message.text


async def test_where_one_channel_failed_and_a_newer_message_took_the_other_no_old_word_goes(
    world: World,
) -> None:
    both = MAIL_THEN_SMS.model_copy(update={"channels": (Channel.EMAIL, Channel.SLACK)})
    sms = with_sms(world)
    reachable = address("jo", email="jo@acme.example", phone=PHONE, slack="C0JO")
    await knows(world, gold_with(both), people=[reachable])
    mail_says(world, Rejected("550 no such mailbox"))
    slack = world.channels[Channel.SLACK]
    slack.answer = lambda message, to: RetryLater("rate limited", timedelta(minutes=2))
    await opens(world, severity=Severity.SEV1)
    await world.hears(resolved(resolved_at(world)))
    slack.answer = None
    await until(world, world.clock.now() + timedelta(minutes=30))

    assert [sent.kind for sent in slack.sent][-1] is Kind.RESOLVED
    assert sms.sent == []


async def test_with_two_channels_the_sms_waits_for_both_and_no_longer(world: World) -> None:
    both = MAIL_THEN_SMS.model_copy(update={"channels": (Channel.EMAIL, Channel.SLACK)})
    sms = with_sms(world)
    reachable = address("jo", email="jo@acme.example", phone=PHONE, slack="C0JO")
    await knows(world, gold_with(both), people=[reachable])
    mail_says(world, Rejected("550 no such mailbox"))
    slack = world.channels[Channel.SLACK]
    slack.answer = lambda message, to: RetryLater("rate limited", timedelta(minutes=2))
    await opens(world, severity=Severity.SEV1)
    assert sms.sent == []
    waits = await sms_row(world)
    assert waits["reason"] == "goes if nothing is accepted by email or slack within 5 minutes"

    slack.answer = lambda message, to: Rejected("channel_not_found")
    await until(world, world.clock.now() + timedelta(minutes=2))

    assert len(sms.sent) == 1


async def test_who_wishes_no_moderate_outages_gets_no_fallback_either(world: World) -> None:
    sms = with_sms(world)
    calm = jo(preferences=Preferences(severity_at_least=Severity.SEV2))
    await knows(world, gold_with(MAIL_THEN_SMS), acme(calm), people=[WITH_PHONE])

    await opens(world)

    assert world.mails == []
    assert sms.sent == []
    reasons = {row["reason"] for row in await world.rows()}
    assert reasons == {"Jo Frei wishes critical and major only"}


async def test_who_is_not_concerned_any_more_gets_no_fallback(world: World) -> None:
    sms = await ready(world)
    mail_says(world, RetryLater("the mail server is away", timedelta(minutes=3)))
    await opens(world, severity=Severity.SEV1)

    incident = minor(world, severity=Severity.SEV1)
    changed = opened(incident).audience.model_copy(update={"clients": (), "version": 2})
    await world.hears(
        e.AudienceChanged(
            incident=incident,
            audience_version=2,
            actor="key:noc",
            audience=changed,
            removed=("acme",),
        )
    )
    await until(world, world.clock.now() + timedelta(minutes=30))

    assert sms.sent == []
