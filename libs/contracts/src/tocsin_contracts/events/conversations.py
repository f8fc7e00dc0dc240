"""What clients ask and confirm, and what is answered; on ``tocsin.incidents``."""

from __future__ import annotations

from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.words import Kind, QuestionSource


class QuestionAsked(EventData):
    """A question entered the conversation of one client about one incident.

    ``reply_id`` is the dispatcher's own id of the message it came in (``None``: it came by portal,
    link or telephone). ``person`` ``None``: an unknown sender, told apart by ``asker`` (such as
    "number ending 207"), to whom no facts of the incident go back. ``answer_due`` is the plan's
    moment, which escalation clocks. ``first`` of this asker in this outage: they are told at once
    that it arrived and what is known now.
    """

    event_type = "tocsin.incident.question_asked.v1"
    incident: IncidentSnapshot
    conversation_id: str
    question_id: str
    client_key: Slug
    person: PersonKey | None
    asker: str
    asker_role: str | None = None
    source: QuestionSource
    reply_id: str | None = None
    subject: str | None = None
    text: str
    asked_at: Moment
    answer_due: Moment | None = None
    first: bool = False
    kind: Kind | None = Kind.QUESTION_RECEIVED


class AnsweredQuestion(Model):
    """A question that an answer settles, and where the answer goes."""

    question_id: str
    person: PersonKey | None
    source: QuestionSource
    reply_id: str | None = None
    text: str
    subject: str | None = None
    asked_at: Moment


class QuestionAnswered(EventData):
    """A person answered everything that was open in a conversation, once.

    The words go out unchanged, to each asker where they asked. ``answered_by`` is a name that the
    client reads; ``None`` stands for the service desk.
    """

    event_type = "tocsin.incident.question_answered.v1"
    incident: IncidentSnapshot
    conversation_id: str
    answer_id: str
    client_key: Slug
    text: str
    answered_by: str | None = None
    answered_at: Moment
    questions: tuple[AnsweredQuestion, ...]
    actor: str
    kind: Kind | None = Kind.ANSWERED


class IncidentReceiptConfirmed(EventData):
    """A client's stakeholder has read a message, and said so by link, portal or API."""

    event_type = "tocsin.incident.receipt_confirmed.v1"
    incident_id: str
    client_key: Slug
    person: PersonKey
    person_name: str
    source: QuestionSource
    delivery_id: str | None = None
    confirmed_at: Moment
