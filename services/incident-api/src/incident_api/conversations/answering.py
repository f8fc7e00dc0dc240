"""A person answers what is open in a conversation: once, and it goes back where it was asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.events import AnsweredQuestion, QuestionAnswered
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.conversations import rules, store
from incident_api.conversations.asking import SOURCE, storable, with_event
from incident_api.conversations.model import Conversation, Message, MessageKind
from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents
from incident_api.incidents.model import Incident
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines
from incident_api.web.parts import Parts


@dataclass(frozen=True)
class Answering:
    """``by`` is the name that the client reads, ``None``: the service desk's.

    ``question_ids`` ``None``: everything that is open, of people we know.
    """

    text: str
    at: datetime
    actor: str
    source: QuestionSource | None = None
    by: str | None = None
    person: str | None = None
    question_ids: tuple[str, ...] | None = None
    reply_id: str | None = None


async def answer(
    conn: Connection, parts: Parts, conversation: Conversation, said: Answering
) -> Message:
    """``conversation`` is locked. Raises :class:`rules.NotPossible` where nothing is open."""
    questions = rules.to_answer(
        await store.messages(conn, conversation.id),
        said.question_ids,
        ref=conversation.ref,
        client_key=conversation.client_key,
    )
    incident = await incidents.find(conn, conversation.incident_id)
    if incident is None:
        raise LookupError(f"no incident {conversation.incident_id}")
    message = _message(conversation, said, MessageKind.ANSWER)
    event = new_event(
        _event(incident, conversation, message, said, questions),
        source=SOURCE,
        subject=incident.id,
        now=parts.clock.now(),
    )
    message = with_event(message, event.id)
    await store.add(conn, message)
    await store.settle(conn, [one.id for one in questions], message.id, said.at)
    await parts.outbox.add(conn, [event])
    await add_lines(conn, [await _line(conn, incident, conversation, message, len(questions))])
    return message


async def note(conn: Connection, conversation: Conversation, said: Answering) -> Message:
    """What a colleague wrote after somebody else had answered: kept, and sent to nobody."""
    message = _message(conversation, said, MessageKind.NOTE)
    await store.add(conn, message)
    return message


def _message(conversation: Conversation, said: Answering, kind: MessageKind) -> Message:
    return Message(
        id=uuid7(),
        conversation_id=conversation.id,
        kind=kind,
        at=said.at,
        person=said.person,
        author=said.by or "the service desk",
        author_role=None,
        actor=said.actor,
        source=said.source,
        subject=None,
        text=storable(said.text),
        reply_id=said.reply_id,
    )


def _event(
    incident: Incident,
    conversation: Conversation,
    message: Message,
    said: Answering,
    questions: Sequence[Message],
) -> QuestionAnswered:
    return QuestionAnswered(
        incident=incident.snapshot(),
        conversation_id=conversation.id,
        answer_id=message.id,
        client_key=conversation.client_key,
        text=message.text,
        answered_by=said.by,
        answered_at=said.at,
        questions=tuple(_answered(one) for one in questions),
        actor=said.actor,
    )


def _answered(question: Message) -> AnsweredQuestion:
    return AnsweredQuestion(
        question_id=question.id,
        person=question.person,
        source=question.source or QuestionSource.PHONE,
        reply_id=question.reply_id,
        text=question.text,
        subject=question.subject,
        asked_at=question.at,
    )


async def _line(
    conn: Connection, incident: Incident, conversation: Conversation, said: Message, count: int
) -> Line:
    client = (await read_view(conn)).clients.get(conversation.client_key)
    questions = "1 question" if count == 1 else f"{count} questions"
    who = client.name if client else conversation.client_key
    return Line(
        id=uuid7(),
        incident_id=incident.id,
        sequence=incident.sequence,
        at=said.at,
        type="question_answered",
        actor=said.actor,
        text=f"{questions} of {who} answered by {said.author}.",
        event_id=said.event_id,
        data={
            "client_keys": [conversation.client_key],
            "conversation_id": conversation.id,
            "answer_id": said.id,
        },
    )
