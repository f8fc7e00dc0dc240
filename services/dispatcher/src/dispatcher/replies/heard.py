"""What something that came in becomes: what its sender is told of, and the event it is published
as."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.envelope import EventData
from tocsin_contracts.events import ReplyConfirmed, ReplyReceived, ReplyStepAnswered
from tocsin_contracts.events.replies import SOURCE_OF
from tocsin_contracts.words import Channel, Kind, QuestionSource, Verb

from dispatcher.channels.message import Answer
from dispatcher.replies.inbound import (
    Asked,
    Confirmed,
    Ignored,
    Inbound,
    Over,
    Received,
    StepAnswered,
)
from dispatcher.replies.matching import Candidate, Known, Matched
from dispatcher.replies.senders import sender_words
from dispatcher.replies.texts import cleaned, cleaned_line, cleaned_names

NOTHING_OPEN = "no message of ours asked for that"
EMPTY = "an empty text"


@dataclass(frozen=True)
class Heard:
    """``event`` ``None``: nobody else need know. ``read`` names a delivery whose reader says that
    they have read it; ``arrived`` one that its reader wrote below, and confirmed nothing."""

    received: Received
    event: EventData | None = None
    read: str | None = None
    arrived: str | None = None


def heard(inbound: Inbound, matched: Matched, reply_id: str) -> Heard:
    row, who = matched.row, matched.who
    match matched.answer:
        case Answer.CONFIRM if row is not None and who is not None:
            return _confirmed(inbound, row, who)
        case (Answer.TAKE | Answer.DECLINE) as answer if row is not None and who is not None:
            return _step(inbound, row, who, answer)
        case Answer.CONFIRM | Answer.TAKE | Answer.DECLINE:
            return Heard(Ignored(NOTHING_OPEN))
    if not cleaned(inbound.text) and not inbound.attachments:
        return Heard(Ignored(EMPTY))
    arrived = row.delivery_id if row and row.named and who == row.who else None
    reply = _reply(inbound, matched, reply_id)
    return Heard(Asked(known=who is not None), reply, arrived=arrived)


def _confirmed(inbound: Inbound, row: Candidate, who: Known) -> Heard:
    if row.client_key is None:
        return Heard(Ignored(NOTHING_OPEN))
    if row.incident_id is None:
        return Heard(Confirmed(), read=row.delivery_id)
    data = ReplyConfirmed(
        incident_id=row.incident_id,
        client_key=row.client_key,
        person=who.person,
        person_name=who.name,
        source=_source(inbound.channel),
        delivery_id=row.delivery_id,
        confirmed_at=inbound.at,
    )
    return Heard(Confirmed(), data, read=row.delivery_id)


def _step(inbound: Inbound, row: Candidate, who: Known, answer: Answer) -> Heard:
    if row.client_key is not None or row.incident_id is None:
        return Heard(Ignored(NOTHING_OPEN))
    if row.over:
        return Heard(Over(), read=row.delivery_id)
    data = ReplyStepAnswered(
        incident_id=row.incident_id,
        verb=Verb.TAKE if answer is Answer.TAKE else Verb.DECLINE,
        person=who.person,
        client_keys=row.step_clients,
        answered_at=inbound.at,
        by=inbound.channel.value,
    )
    became = StepAnswered(taken=answer is Answer.TAKE, held_by=row.held_by)
    return Heard(became, data, read=row.delivery_id)


def _reply(inbound: Inbound, matched: Matched, reply_id: str) -> ReplyReceived:
    row, who = matched.row, matched.who
    to_staff = row is not None and row.client_key is None
    answers = (
        row is not None
        and row.named
        and row.kind is Kind.QUESTION_RECEIVED
        and who is not None
        and who.client_key is None
    )
    return ReplyReceived(
        reply_id=reply_id,
        incident_id=row.incident_id if row and (row.named or who) else None,
        client_key=None if to_staff else matched.client_key,
        person=who.person if who else None,
        sender=sender_words(inbound.channel, inbound.sender, who.name if who else None),
        source=_source(inbound.channel),
        text=cleaned(inbound.text),
        subject=cleaned_line(inbound.subject),
        attachments=cleaned_names(inbound.attachments),
        delivery_id=row.delivery_id if row else None,
        to_kind=row.kind if row else None,
        question_id=row.question_id if row and answers else None,
        staff_answers=answers,
        at=inbound.at,
    )


def _source(channel: Channel) -> QuestionSource:
    return SOURCE_OF.get(channel, QuestionSource.LINK)
