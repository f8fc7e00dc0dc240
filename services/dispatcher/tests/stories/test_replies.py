"""What readers send back becomes part of the incident: a receipt, a take, or something for people
to read."""

from __future__ import annotations

import pytest
from dispatcher.channels.message import Answer
from dispatcher.replies.inbound import Asked, Confirmed, Ignored, StepAnswered
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, Kind, QuestionSource, Verb

from services.dispatcher.tests.answering import writes
from services.dispatcher.tests.facts import INCIDENT, opened, step_fired
from services.dispatcher.tests.world import World

pytestmark = pytest.mark.integration
JO = "jo@acme.example"
ANN = "ann@nordlicht.example"


async def told(world: World) -> str:
    """An outage of which Jo was told; the delivery."""
    await world.knows_acme()
    await world.hears(opened(world.snapshot()))
    await world.deliver()
    return await newest(world, JO)


async def newest(world: World, address: str) -> str:
    return next(sent.key for sent in reversed(world.mails) if sent.address == address)


async def called(world: World) -> str:
    await told(world)
    world.clock.advance(minutes=15)
    await world.hears_escalation(step_fired(world.snapshot(), world.clock.now()))
    await world.deliver()
    return await newest(world, ANN)


async def state_of(world: World, delivery: str) -> str:
    [row] = await world.rows(id=delivery)
    return str(row["state"])


async def test_a_client_who_answers_1_below_a_message_confirms_it(world: World) -> None:
    delivery = await told(world)

    became = await writes(world, JO, "1", delivery_ids=(delivery,))

    assert became == Confirmed()
    [confirmed] = await world.published(e.ReplyConfirmed)
    assert (confirmed.incident_id, confirmed.client_key) == (INCIDENT, "acme")
    assert (confirmed.person, confirmed.person_name) == ("jo", "Jo Frei")
    assert (confirmed.source, confirmed.delivery_id) == (QuestionSource.EMAIL, delivery)
    assert await state_of(world, delivery) == "delivered"


async def test_the_same_message_twice_counts_once(world: World) -> None:
    delivery = await told(world)
    await writes(world, JO, "1", delivery_ids=(delivery,))

    again = await writes(world, JO, "1", delivery_ids=(delivery,))

    assert isinstance(again, Ignored)
    assert len(await world.published(e.ReplyConfirmed)) == 1


async def test_a_question_enters_the_conversation_with_who_asked_and_about_what(
    world: World,
) -> None:
    delivery = await told(world)

    became = await writes(
        world,
        "JO@acme.example",
        "Is archived mail safe?\x00",
        delivery_ids=(delivery,),
        subject="Re: Mail EU",
        attachments=("screenshot.png",),
    )

    assert became == Asked(known=True)
    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.client_key, reply.person) == (INCIDENT, "acme", "jo")
    assert (reply.sender, reply.source) == ("Jo Frei", QuestionSource.EMAIL)
    assert (reply.text, reply.subject) == ("Is archived mail safe?", "Re: Mail EU")
    assert (reply.delivery_id, reply.to_kind) == (delivery, Kind.INITIAL)
    assert reply.attachments == ("screenshot.png",)
    assert not reply.staff_answers


async def test_who_asks_below_a_message_has_it_and_has_confirmed_nothing(world: World) -> None:
    delivery = await told(world)

    await writes(world, JO, "Is archived mail safe?", delivery_ids=(delivery,))

    [row] = await world.rows(id=delivery)
    assert (row["state"], row["confirmed_at"]) == ("delivered", None)


async def test_a_message_that_was_passed_on_is_not_had_by_its_reader(world: World) -> None:
    delivery = await told(world)

    await writes(world, "eve@elsewhere.example", "Is it safe?", delivery_ids=(delivery,))

    assert await state_of(world, delivery) == "accepted"


async def test_without_a_reference_the_newest_message_to_that_address_is_meant(
    world: World,
) -> None:
    delivery = await told(world)

    await writes(world, JO, "When is it back?")

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.delivery_id) == (INCIDENT, delivery)


async def test_a_test_of_the_address_meanwhile_is_not_what_is_answered(world: World) -> None:
    delivery = await told(world)
    await world.hears(
        e.TestRequested(
            test_id="test-1",
            person="jo",
            channel=Channel.EMAIL,
            client_key="acme",
            actor="key:noc",
            at=world.clock.now(),
        )
    )
    await world.deliver()
    assert world.mails[-1].kind is Kind.TEST

    await writes(world, JO, "When is it back?")

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.delivery_id) == (INCIDENT, delivery)


async def test_after_a_week_a_message_without_a_reference_is_about_no_outage(
    world: World,
) -> None:
    await told(world)
    world.clock.advance(days=8)

    await writes(world, JO, "Hello?")

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.client_key, reply.person) == (None, "acme", "jo")


async def test_a_mail_that_names_no_message_of_ours_answers_nothing_by_itself(
    world: World,
) -> None:
    """Anybody can write a sender's address above a mail."""
    await called(world)

    became = await writes(world, ANN, "1")

    assert became == Asked(known=True)
    assert await world.published(e.ReplyStepAnswered) == []


async def test_a_stranger_is_told_apart_and_is_nobody(world: World) -> None:
    await told(world)

    became = await writes(world, "eve@elsewhere.example", "What is going on?")

    assert became == Asked(known=False)
    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.client_key, reply.person) == (None, None, None)
    assert reply.sender == "unknown sender"


async def test_a_stranger_to_whom_a_message_was_passed_on_confirms_nothing(world: World) -> None:
    delivery = await told(world)

    became = await writes(world, "eve@elsewhere.example", "1", delivery_ids=(delivery,))

    assert became == Asked(known=False)
    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.client_key, reply.person) == (INCIDENT, "acme", None)


async def test_a_colleague_takes_by_answering_1_below_the_call(world: World) -> None:
    delivery = await called(world)

    became = await writes(world, ANN, "1", delivery_ids=(delivery,))

    assert became == StepAnswered(taken=True)
    [answer] = await world.published(e.ReplyStepAnswered)
    assert (answer.incident_id, answer.verb, answer.person) == (INCIDENT, Verb.TAKE, "ann")
    assert (answer.client_keys, answer.by) == (("acme",), "email")
    assert await state_of(world, delivery) == "delivered"


async def test_a_colleague_passes_it_on_by_a_button(world: World) -> None:
    delivery = await called(world)

    became = await writes(world, ANN, "", delivery_ids=(delivery,), pressed=Answer.DECLINE)

    assert became == StepAnswered(taken=False)
    [answer] = await world.published(e.ReplyStepAnswered)
    assert answer.verb is Verb.DECLINE


async def test_a_button_of_a_client_cannot_take(world: World) -> None:
    delivery = await told(world)

    became = await writes(world, JO, "", delivery_ids=(delivery,), pressed=Answer.TAKE)

    assert isinstance(became, Ignored)
    assert await world.published(e.ReplyStepAnswered) == []


async def test_what_a_colleague_writes_below_a_call_is_no_answer_to_a_client(
    world: World,
) -> None:
    delivery = await called(world)

    await writes(world, ANN, "I am on a train until ten.", delivery_ids=(delivery,))

    [reply] = await world.published(e.ReplyReceived)
    assert (reply.incident_id, reply.client_key, reply.person) == (INCIDENT, None, "ann")
    assert not reply.staff_answers


async def test_an_empty_mail_says_nothing(world: World) -> None:
    delivery = await told(world)

    became = await writes(world, JO, " \r\n ", delivery_ids=(delivery,))

    assert isinstance(became, Ignored)
    assert await world.published(e.ReplyReceived) == []


async def test_neither_text_nor_address_is_kept(world: World) -> None:
    delivery = await told(world)
    await writes(world, JO, "Is archived mail safe?", delivery_ids=(delivery,))

    async with world.database.connection() as conn:
        [kept] = await conn.fetch("SELECT i::text AS all FROM inbound i")

    assert "jo@acme" not in kept["all"]
    assert "archived" not in kept["all"]
