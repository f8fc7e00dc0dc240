"""A conversation and what was said in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from tocsin_contracts.words import QuestionSource


class ConversationStatus(StrEnum):
    OPEN = "open"
    """At least one question waits for an answer."""
    ANSWERED = "answered"
    """Nothing waits."""


class MessageKind(StrEnum):
    QUESTION = "question"
    ANSWER = "answer"
    """A person answered what was open, or some of it."""
    NOTE = "note"
    """A colleague wrote it below a question that was answered already; it went to nobody."""


@dataclass(frozen=True)
class Message:
    """One question, answer or note.

    ``person`` ``None``: somebody we do not know, told apart by ``author``. ``reply_id`` is the
    dispatcher's id of the message it came in, ``delivery_id`` the message that it answers.
    ``event_id`` is the event it became; ``source`` is ``None`` for what came over the API.
    ``answer_due`` and what follows it are a question's.
    """

    id: str
    conversation_id: str
    kind: MessageKind
    at: datetime
    person: str | None
    author: str
    author_role: str | None
    actor: str
    source: QuestionSource | None
    subject: str | None
    text: str
    attachments: tuple[str, ...] = ()
    reply_id: str | None = None
    delivery_id: str | None = None
    event_id: str | None = None
    answer_due: datetime | None = None
    answer_id: str | None = None
    answered_at: datetime | None = None

    @property
    def is_open(self) -> bool:
        return self.kind is MessageKind.QUESTION and self.answer_id is None


@dataclass(frozen=True)
class Conversation:
    """Of one client about one incident; ``ref`` is the incident's.

    ``waiting_since`` and ``answer_due`` are those of the open question that is due first.
    """

    id: str
    incident_id: str
    ref: str
    client_key: str
    opened_at: datetime
    open_questions: int
    waiting_since: datetime | None
    answer_due: datetime | None
    last_at: datetime

    @property
    def status(self) -> ConversationStatus:
        return ConversationStatus.OPEN if self.open_questions else ConversationStatus.ANSWERED


@dataclass(frozen=True)
class LooseReply:
    """What came back and belongs to no conversation that we can name.

    ``client_key`` ``None``: staff, or a stranger; ``person`` ``None``: a stranger. ``why`` is one
    sentence. ``question_id`` is set once a person has put it into a conversation.
    """

    id: str
    at: datetime
    incident_id: str | None
    client_key: str | None
    person: str | None
    sender: str
    source: QuestionSource
    subject: str | None
    text: str
    attachments: tuple[str, ...]
    delivery_id: str | None
    why: str
    put_away_at: datetime | None = None
    put_away_by: str | None = None
    question_id: str | None = None


@dataclass(frozen=True)
class Receipt:
    """A client's stakeholder has read a message; ``delivery_id`` ``None``: no single one."""

    id: str
    incident_id: str
    client_key: str
    person: str
    person_name: str
    source: QuestionSource
    delivery_id: str | None
    confirmed_at: datetime
