"""A client's question reaches whoever speaks for us with them, and the answer whoever asked, where
they asked."""

from __future__ import annotations

from datetime import timedelta

import pytest
from dispatcher.channels.port import Accepted
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource, Status

from services.dispatcher.tests.answering import answered, asked, question, writes
from services.dispatcher.tests.facts import (
    acme,
    address,
    addresses,
    both_channels,
    gold,
    mail_eu,
    opened,
    provider,
    resolved,
    slack_of_jo,
    step_fired,
    taken,
    team,
    updated,
)
from services.dispatcher.tests.world import PlayedChannel, Sent, World

pytestmark = pytest.mark.integration
JO = "jo@acme.example"


async def outage(world: World) -> None:
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    world.clock.advance(minutes=5)


async def in_slack(world: World) -> None:
    """Jo is told by mail and in Slack."""
    people = [slack_of_jo() if one.person == "jo" else one for one in addresses()]
    await world.knows(provider(), mail_eu(), *both_channels(), team(), acme(), people=people)
    world.channels[Channel.SLACK].answer = lambda message, to: Accepted(f"{to.address}/17.001")
    await world.hears(opened(world.snapshot()))
    await world.deliver()


async def by_text(world: World) -> None:
    """Jo is told by mail, and has a telephone."""
    world.channels[Channel.SMS] = PlayedChannel(Channel.SMS)
    world.core = world.another_process()
    people = [
        address("jo", email=JO, phone="+49 30 23125207") if one.person == "jo" else one
        for one in addresses()
    ]
    await world.knows(provider(), mail_eu(), gold(), team(), acme(), people=people)
    await world.hears(opened(world.snapshot()))
    await world.deliver()


async def sent(world: World, kind: Kind) -> list[Sent]:
    await world.deliver()
    everything = [one for channel in world.channels.values() for one in channel.sent]
    return [one for one in everything if one.kind is kind]


async def reply_id(world: World) -> str:
    return str((await world.published(e.ReplyReceived))[-1].reply_id)


# ── staff ───────────────────────────────────────────────────────────────────────────────────────


async def test_the_account_manager_reads_who_asks_what_and_until_when(world: World) -> None:
    await outage(world)

    due = world.clock.now() + timedelta(minutes=15)
    await world.hears(asked(world, answer_due=due, source=QuestionSource.SMS))

    [mail] = await sent(world, Kind.QUESTION_RECEIVED)
    assert mail.address == "ann@nordlicht.example"
    assert "Question from ACME GmbH" in mail.message.subject
    assert "Jo Frei (ACME GmbH, IT lead) asks by SMS" in mail.message.text
    assert '"Is archived mail safe?"' in mail.message.text
    assert "Answer by 10:12 CET" in mail.message.text


async def test_whoever_took_the_client_reads_it_instead(world: World) -> None:
    await outage(world)
    await world.hears_escalation(taken(world.snapshot(), world.clock.now()))

    await world.hears(asked(world))

    assert [mail.address for mail in await sent(world, Kind.QUESTION_RECEIVED)] == [
        "tom@nordlicht.example"
    ]


async def test_of_a_stranger_staff_read_the_end_of_the_number_and_the_stranger_nothing(
    world: World,
) -> None:
    await outage(world)

    nobody = asked(world, person=None, asker="number ending 207", source=QuestionSource.SMS)
    await world.hears(nobody)

    [mail] = await sent(world, Kind.QUESTION_RECEIVED)
    assert "An unknown sender (number ending 207)" in mail.message.text
    assert mail.message.subject.startswith("Question from ACME GmbH: Mail EU")
    assert await sent(world, Kind.AUTO_ANSWER) == []


async def test_what_a_colleague_writes_below_it_is_the_answer(world: World) -> None:
    await outage(world)
    await world.hears(asked(world))
    [mail] = await sent(world, Kind.QUESTION_RECEIVED)

    await writes(world, mail.address, "Yes, it is safe.", delivery_ids=(mail.key,))

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.staff_answers, reply.question_id) == (True, "question-1")
    assert (reply.person, reply.client_key, reply.text) == ("ann", None, "Yes, it is safe.")


async def test_each_question_has_a_thread_of_its_own(world: World) -> None:
    await outage(world)
    await world.hears(asked(world), asked(world, question_id="question-2", first=False))

    mails = await sent(world, Kind.QUESTION_RECEIVED)

    assert [mail.message.thread.root_id for mail in mails] == [None, None]


# ── the asker ───────────────────────────────────────────────────────────────────────────────────


async def test_the_first_question_is_answered_at_once_below_the_askers_own_mail(
    world: World,
) -> None:
    await outage(world)
    await writes(world, JO, "Is archived mail safe?", id="<q1@acme.example>", subject="Archive?")
    await world.hears(asked(world, reply_id=await reply_id(world), subject="Archive?"))

    [mail] = await sent(world, Kind.AUTO_ANSWER)

    assert (mail.address, mail.message.subject) == (JO, "Re: Archive?")
    assert mail.message.thread.root_id == "<q1@acme.example>"
    assert "We have your question" in mail.message.text
    assert "Mail EU" in mail.message.text
    assert mail.message.answers == ()


async def test_the_second_question_is_not_answered_by_itself(world: World) -> None:
    await outage(world)

    await world.hears(asked(world, first=False))

    assert await sent(world, Kind.AUTO_ANSWER) == []


@pytest.mark.parametrize("source", [QuestionSource.PORTAL, QuestionSource.PHONE])
async def test_whoever_asks_on_a_page_or_by_telephone_needs_no_receipt(
    world: World, source: QuestionSource
) -> None:
    await outage(world)

    await world.hears(asked(world, source=source))

    assert await sent(world, Kind.AUTO_ANSWER) == []


async def test_an_answer_goes_back_unchanged_below_what_was_asked(world: World) -> None:
    await outage(world)
    await writes(world, JO, "Is archived mail safe?", id="<q1@acme.example>", subject="Archive?")
    reply = await reply_id(world)

    await world.hears(answered(world, question(world, reply_id=reply, subject="Archive?")))

    [mail] = await sent(world, Kind.ANSWERED)
    assert (mail.address, mail.message.subject) == (JO, "Re: Archive?")
    assert mail.message.thread.root_id == "<q1@acme.example>"
    assert 'You asked: "Is archived mail safe?"' in mail.message.text
    assert "Yes. The archive is on other storage." in mail.message.text
    assert "Ann Weiss" in mail.message.text


async def test_what_was_asked_in_slack_is_answered_in_that_thread(world: World) -> None:
    await in_slack(world)
    await writes(
        world, "U0JO", "Is it safe?", id="Ev1", channel=Channel.SLACK, thread="C0JO/17.001"
    )
    reply = await reply_id(world)
    assert (await world.published(e.ReplyReceived))[-1].person == "jo"

    await world.hears(answered(world, question(world, reply_id=reply, source=QuestionSource.SLACK)))

    [message] = await sent(world, Kind.ANSWERED)
    assert (message.channel, message.address) == (Channel.SLACK, "C0JO")
    assert message.message.thread.root_id == "C0JO/17.001"


async def test_what_was_asked_by_text_message_is_answered_by_one(world: World) -> None:
    await by_text(world)
    await writes(world, "+493023125207", "Is it safe?", id="SM1", channel=Channel.SMS)
    reply = (await world.published(e.ReplyReceived))[-1]
    assert (reply.person, reply.incident_id) == ("jo", None)

    await world.hears(
        answered(world, question(world, reply_id=reply.reply_id, source=QuestionSource.SMS))
    )

    [text] = await sent(world, Kind.ANSWERED)
    assert text.channel is Channel.SMS
    assert text.message.text == "Nordlicht IT, Ann Weiss: Yes. The archive is on other storage."


async def test_what_was_asked_on_a_page_is_answered_by_mail(world: World) -> None:
    await outage(world)

    await world.hears(answered(world, question(world, source=QuestionSource.PORTAL)))

    assert [mail.address for mail in await sent(world, Kind.ANSWERED)] == [JO]


async def test_two_questions_of_one_person_get_one_answer_below_the_newer(world: World) -> None:
    await outage(world)
    older = question(world, text="Is it back?")
    newer = question(
        world,
        question_id="question-2",
        text="And the archive?",
        asked_at=world.clock.now() + timedelta(minutes=1),
    )

    await world.hears(answered(world, newer, older))

    [mail] = await sent(world, Kind.ANSWERED)
    assert 'You asked: "And the archive?"' in mail.message.text


async def test_a_stranger_gets_no_answer(world: World) -> None:
    await outage(world)

    await world.hears(answered(world, question(world, person=None)))

    assert await sent(world, Kind.ANSWERED) == []


async def test_who_can_no_longer_be_reached_there_shows_with_the_reason(world: World) -> None:
    await outage(world)
    people = [address("jo"), *[one for one in addresses() if one.person != "jo"]]
    await world.knows(acme(), people=people)

    await world.hears(answered(world))

    [row] = await world.rows(kind="answered")
    assert (row["state"], row["reason"]) == ("skipped", "Jo Frei has no usable email address")


async def test_an_answer_by_text_message_does_not_make_that_a_channel_for_updates(
    world: World,
) -> None:
    await by_text(world)
    await world.hears(asked(world, source=QuestionSource.SMS))
    await world.hears(answered(world, question(world, source=QuestionSource.SMS)))
    await world.deliver()

    await world.hears(updated(world.snapshot(status=Status.IDENTIFIED)))
    await world.deliver()

    kinds = [one.kind for one in world.channels[Channel.SMS].sent]
    assert kinds == [Kind.AUTO_ANSWER, Kind.ANSWERED]


async def test_a_newer_update_does_not_replace_an_answer_that_waits(world: World) -> None:
    await outage(world)
    await world.hears(answered(world), updated(world.snapshot(status=Status.IDENTIFIED)))
    now = world.clock.now()
    await world.hears(resolved(world.snapshot(status=Status.RESOLVED, resolved_at=now)))

    assert len(await sent(world, Kind.ANSWERED)) == 1


async def test_an_old_question_is_not_told_after_our_own_outage(world: World) -> None:
    await outage(world)

    await world.hears(asked(world), at=world.clock.now() - timedelta(hours=30))

    assert {row["state"] for row in await world.rows(kind="question_received")} == {
        DeliveryState.SKIPPED
    }


async def test_a_call_says_how_many_have_confirmed(world: World) -> None:
    await outage(world)
    delivery = next(one.key for one in world.mails if one.address == JO)
    await writes(world, JO, "1", delivery_ids=(delivery,))

    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))

    [call] = await sent(world, Kind.ESCALATION)
    assert "2 of 2 people reached, 1 confirmed" in call.message.text


async def test_whoever_is_called_for_a_late_answer_reads_whose_it_is(world: World) -> None:
    await by_text(world)
    await world.knows(people=[address("ann", None, phone="+49 30 23125143")])
    due = world.clock.now()
    world.clock.advance(minutes=15)
    now = world.clock.now()
    late = {"trigger": "question_unanswered", "about": ("Jo Frei",), "about_since": due}
    await world.hears_escalation(step_fired(world.snapshot(), now, channels=(Channel.SMS,), **late))

    [text] = await sent(world, Kind.ESCALATION)

    assert "ACME GmbH: Jo Frei asked, answer overdue since " in text.message.text
    assert "nobody has it" not in text.message.text


async def test_whoever_is_called_for_a_person_out_of_reach_reads_who_it_is(world: World) -> None:
    await by_text(world)
    await world.knows(people=[address("ann", None, phone="+49 30 23125143")])
    now = world.clock.now()
    gone = {"trigger": "contact_unreachable", "about": ("Jo Frei",), "about_since": now}
    await world.hears_escalation(step_fired(world.snapshot(), now, channels=(Channel.SMS,), **gone))

    [text] = await sent(world, Kind.ESCALATION)

    assert "ACME GmbH: Jo Frei cannot be reached." in text.message.text
