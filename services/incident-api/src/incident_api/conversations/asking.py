"""A question enters the conversation, and everybody who has to know of it hears."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.events import QuestionAsked
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.audience.terms import terms_of
from incident_api.conversations import store
from incident_api.conversations.model import Message, MessageKind
from incident_api.conversations.rules import asked_sentence, contact_of
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents.model import Incident
from incident_api.promises.rules import answer_due
from incident_api.text_direction import settled
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines
from incident_api.web.parts import Parts

SOURCE = "incident-api"


@dataclass(frozen=True)
class Asked:
    """What somebody asks. ``sender`` names them where ``person`` is no contact that we know.

    ``actor`` is who brought it in, as the timeline records it.
    """

    person: str | None
    sender: str
    source: QuestionSource
    text: str
    at: datetime
    actor: str
    subject: str | None = None
    reply_id: str | None = None
    delivery_id: str | None = None
    attachments: tuple[str, ...] = ()


async def ask(
    conn: Connection,
    parts: Parts,
    incident: Incident,
    told: AudienceClient,
    asked: Asked,
    *,
    publish: bool = True,
) -> Message | None:
    """The question; ``None`` for a reply that is in the conversation already.

    ``publish`` false records it without telling anybody (building state from the log).
    """
    view = await read_view(conn)
    conversation_id = await store.lock_of(
        conn, incident.id, told.client_key, opened_at=parts.clock.now()
    )
    first = asked.person is not None and not await store.has_asked(
        conn, conversation_id, asked.person
    )
    question = _question(view, conversation_id, told, asked)
    event = new_event(
        _event(incident, told, question, first=first),
        source=SOURCE,
        subject=incident.id,
        now=parts.clock.now(),
    )
    question = with_event(question, event.id)
    if not await store.add(conn, question):
        return None
    if publish:
        await parts.outbox.add(conn, [event])
    await add_lines(conn, [_line(view, incident, told, question)])
    return question


def with_event(message: Message, event_id: str) -> Message:
    return Message(**vars(message) | {"event_id": event_id})


def _question(
    view: DirectoryView, conversation_id: str, told: AudienceClient, asked: Asked
) -> Message:
    contact = contact_of(view.clients.get(told.client_key), asked.person)
    terms = terms_of(view, told)
    return Message(
        id=uuid7(),
        conversation_id=conversation_id,
        kind=MessageKind.QUESTION,
        at=asked.at,
        person=asked.person,
        author=contact.name if contact else asked.sender,
        author_role=contact.roles[0] if contact and contact.roles else None,
        actor=asked.actor,
        source=asked.source,
        subject=asked.subject,
        text=storable(asked.text),
        attachments=asked.attachments,
        reply_id=asked.reply_id,
        delivery_id=asked.delivery_id,
        answer_due=answer_due(asked.at, terms.entry, terms.hours) if terms else None,
    )


def storable(text: str) -> str:
    """PostgreSQL keeps no NUL; what steers the direction of text must not reach beyond its line."""
    return settled(text.replace("\x00", "")).strip()


def _event(
    incident: Incident, told: AudienceClient, question: Message, *, first: bool
) -> QuestionAsked:
    return QuestionAsked(
        incident=incident.snapshot(),
        conversation_id=question.conversation_id,
        question_id=question.id,
        client_key=told.client_key,
        person=question.person,
        asker=question.author,
        asker_role=question.author_role,
        source=question.source or QuestionSource.PHONE,
        reply_id=question.reply_id,
        subject=question.subject,
        text=question.text,
        asked_at=question.at,
        answer_due=question.answer_due,
        first=first,
    )


def _line(view: DirectoryView, incident: Incident, told: AudienceClient, said: Message) -> Line:
    client = view.clients.get(told.client_key)
    text = (
        asked_sentence(client, said.person, said.author, said.source or QuestionSource.PHONE)
        if client
        else f"A reader at {told.client_key} asks."
    )
    data: Mapping[str, Any] = {
        "client_keys": [told.client_key],
        "conversation_id": said.conversation_id,
        "question_id": said.id,
        "person": said.person,
    }
    return Line(
        id=uuid7(),
        incident_id=incident.id,
        sequence=incident.sequence,
        at=said.at,
        type="question_asked",
        actor=said.actor,
        text=text,
        event_id=said.event_id,
        data=data,
    )
