"""Questions as incident-api publishes them, and what readers send, in the stories."""

from __future__ import annotations

from typing import Any

from dispatcher.replies.inbound import Inbound, Received
from tocsin_contracts import events as e
from tocsin_contracts.words import Channel, QuestionSource

from services.dispatcher.tests.world import World


async def writes(world: World, sender: str, text: str, **given: Any) -> Received:
    values: dict[str, Any] = {
        "id": f"<{len(text)}.{hash(text)}@there>",
        "channel": Channel.EMAIL,
        "sender": sender,
        "text": text,
        "at": world.clock.now(),
    }
    return await world.core.replies.receive(Inbound(**{**values, **given}))


def asked(world: World, **given: Any) -> e.QuestionAsked:
    values: dict[str, Any] = {
        "incident": world.snapshot(),
        "conversation_id": "conversation",
        "question_id": "question-1",
        "client_key": "acme",
        "person": "jo",
        "asker": "Jo Frei",
        "asker_role": "it_lead",
        "source": QuestionSource.EMAIL,
        "text": "Is archived mail safe?",
        "asked_at": world.clock.now(),
        "first": True,
    }
    return e.QuestionAsked(**{**values, **given})


def question(world: World, **given: Any) -> e.AnsweredQuestion:
    values: dict[str, Any] = {
        "question_id": "question-1",
        "person": "jo",
        "source": QuestionSource.EMAIL,
        "text": "Is archived mail safe?",
        "asked_at": world.clock.now(),
    }
    return e.AnsweredQuestion(**{**values, **given})


def answered(world: World, *questions: e.AnsweredQuestion, **given: Any) -> e.QuestionAnswered:
    values: dict[str, Any] = {
        "incident": world.snapshot(),
        "conversation_id": "conversation",
        "answer_id": "answer-1",
        "client_key": "acme",
        "text": "Yes. The archive is on other storage.",
        "answered_by": "Ann Weiss",
        "answered_at": world.clock.now(),
        "questions": questions or (question(world),),
        "actor": "ann",
    }
    return e.QuestionAnswered(**{**values, **given})


async def stopped(world: World, channel: Channel, person: str = "jo") -> None:
    """The person's address there must not be written to any more."""
    async with world.database.transaction() as conn:
        await conn.execute(
            """INSERT INTO suppressions (channel, destination, reason, since)
               SELECT $1::text, labels->>$1::text, 'asked to stop', now() FROM people
               WHERE person = $2""",
            channel.value,
            person,
        )
