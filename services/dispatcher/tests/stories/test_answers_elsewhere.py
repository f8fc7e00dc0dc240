"""An answer reaches whoever asked on another channel where theirs is closed by now; and where none
is left, whoever answered hears that it did not."""

from __future__ import annotations

import pytest
from dispatcher.channels.port import Accepted, Rejected
from tocsin_contracts.words import Channel, Kind, QuestionSource

from services.dispatcher.tests.answering import answered, asked, question, stopped
from services.dispatcher.tests.facts import address, opened
from services.dispatcher.tests.minor import IT_LEAD, gold_with, knows, with_sms
from services.dispatcher.tests.world import Sent, World

pytestmark = pytest.mark.integration
JO = "jo@acme.example"


async def told(world: World) -> None:
    """Jo has a mailbox and a telephone, and was told of an outage by mail."""
    with_sms(world)
    people = [address("jo", email=JO, phone="+49 30 23125207")]
    await knows(world, gold_with(IT_LEAD), people=people)
    await world.hears(opened(world.snapshot()))
    await world.deliver()


def by_text(world: World) -> list[Sent]:
    return world.channels[Channel.SMS].sent


async def notes(world: World) -> list[str]:
    await world.deliver()
    await world.core.timers.fire_due()
    await world.deliver()
    texts = [one.message.text for one in world.mails if one.kind is Kind.STAFF_NOTE]
    return [" ".join(text.split()) for text in texts]


async def test_who_asked_by_text_and_wrote_stop_reads_the_answer_by_mail(world: World) -> None:
    await told(world)
    await stopped(world, Channel.SMS)

    await world.hears(asked(world, source=QuestionSource.SMS))
    await world.hears(answered(world, question(world, source=QuestionSource.SMS)))
    await world.deliver()

    theirs = [one.kind for one in world.mails if one.address == JO]
    assert theirs == [Kind.INITIAL, Kind.AUTO_ANSWER, Kind.ANSWERED]
    assert by_text(world) == []


async def test_whose_mailbox_is_gone_reads_the_answer_by_text_message(world: World) -> None:
    await told(world)
    await stopped(world, Channel.EMAIL)

    await world.hears(answered(world, question(world, source=QuestionSource.PORTAL)))
    await world.deliver()

    assert [one.kind for one in by_text(world)] == [Kind.ANSWERED]
    assert await notes(world) == []


async def test_where_no_channel_is_left_the_account_manager_hears_so(world: World) -> None:
    await told(world)
    await stopped(world, Channel.EMAIL)
    await stopped(world, Channel.SMS)

    await world.hears(answered(world))

    [note] = await notes(world)
    assert (
        "Jo Frei, ACME GmbH, could not be told your answer (email: suppressed: asked to stop)."
        ' Please tell them another way: "Yes. The archive is on other storage."'
    ) in note


async def test_an_answer_that_is_refused_is_told_of_as_well(world: World) -> None:
    await told(world)
    by_mail = world.channels[Channel.EMAIL]
    by_mail.answer = lambda message, to: (
        Rejected("550 no such mailbox") if message.kind is Kind.ANSWERED else Accepted("id")
    )

    await world.hears(answered(world))

    [note] = await notes(world)
    assert "could not be told your answer (email: 550 no such mailbox)" in note
