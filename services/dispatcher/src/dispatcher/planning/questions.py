"""What follows from a client's question: whoever speaks for us with them reads it, and whoever
asked hears that it arrived, and later the answer, where they asked."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import cast

from tocsin_contracts import events as e
from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.envelope import Event
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, DeliveryState, Kind, QuestionSource
from tocsin_runtime.ids import uuid7

from dispatcher.directory.addresses import UNREADABLE
from dispatcher.directory.view import View
from dispatcher.planning.clients import STALE, Terms, is_stale
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import (
    Delivery,
    Target,
    message_of,
    thread_of,
    urgency_of,
)
from dispatcher.planning.notices import History, client_notice, provider_facts
from dispatcher.planning.staff import WRITTEN, Call, staff_targets
from dispatcher.planning.staff_notes import NOC, Addressee, account_manager_or_noc
from dispatcher.planning.words import role_words
from dispatcher.rendering.facts import QuestionFacts
from dispatcher.rendering.notice import Notice, Reader

WRITING_BACK = {
    QuestionSource.EMAIL: Channel.EMAIL,
    QuestionSource.SMS: Channel.SMS,
    QuestionSource.SLACK: Channel.SLACK,
    QuestionSource.TEAMS: Channel.TEAMS,
}
"""Where an answer goes back; of what was asked elsewhere, or where that channel does not reach the
asker any more, it goes to the first of NEAREST that does."""
NEAREST = (Channel.EMAIL, Channel.SMS, Channel.SLACK, Channel.TEAMS, Channel.VOICE)


@dataclass(frozen=True)
class Matter:
    """A question or an answer, and what is known of its client; ``concerned`` ``None``: it is not
    in the incident's audience; ``closed``: addresses that must not be written to."""

    event: Event[e.QuestionAsked] | Event[e.QuestionAnswered]
    client: Client | None
    concerned: AudienceClient | None
    history: History
    closed: Collection[tuple[Channel, str]] = ()


def answer_thread(reply_id: str, channel: Channel, destination: str) -> str:
    """The conversation that an answer to one reply stands in, at the place it came from."""
    return f"reply/{reply_id}/{channel.value}/{destination}"


# ── staff read it ───────────────────────────────────────────────────────────────────────────────


def plan_received(ledger: Ledger, view: View, terms: Terms, matter: Matter) -> None:
    """To whoever took the client, else its account manager, else the NOC."""
    event = cast("Event[e.QuestionAsked]", matter.event)
    notice = _received(view, matter, event.data)
    message = message_of(notice, event, None)
    stale = STALE if is_stale(event.time, terms) else None
    call = _call(view, terms, _reader_of(view, matter))
    known = ledger.incident(event.subject)
    side = f"question-{event.data.question_id}"
    ledger.add(
        Delivery(
            id=uuid7(),
            message=message,
            target=target,
            thread=thread_of(event.subject, side, target.channel, target.destination),
            urgency=urgency_of(message.kind, event.data.incident.severity),
            state=DeliveryState.SKIPPED if stale or target.skip else DeliveryState.PENDING,
            reason=stale or target.skip,
        )
        for target, _ in staff_targets(view, [call], known, terms.channels)
    )


def _reader_of(view: View, matter: Matter) -> Addressee:
    taker = matter.history.taker_key
    person = view.staff(taker) if taker else None
    if person is not None and any(channel in person.labels for channel in WRITTEN):
        return Addressee(person.key, person.name)
    return account_manager_or_noc(view, matter.client)


def _call(view: View, terms: Terms, to: Addressee) -> Call:
    person = view.staff(to.person)
    chat = Channel.SLACK in terms.channels and person and Channel.SLACK in person.labels
    roles = (to.role.value,) if to.role else ()
    has_it = "has the contact with this client"
    return Call(
        person=to.person,
        name=person.name if person else to.name,
        because=role_words(roles) if roles else "the NOC" if to == NOC else has_it,
        roles=roles,
        channels=WRITTEN if chat else WRITTEN[:1],
    )


def _received(view: View, matter: Matter, data: e.QuestionAsked) -> Notice:
    history, client = matter.history, matter.client
    said = history.said.words if history.said else None
    known = data.person is not None
    return Notice(
        id=uuid7(),
        kind=Kind.QUESTION_RECEIVED,
        at=matter.event.time,
        incident=data.incident,
        provider=provider_facts(view),
        systems=tuple(view.system_name(key) for key in data.incident.system_keys),
        question=QuestionFacts(
            id=data.question_id,
            text=data.text,
            asked_at=data.asked_at,
            channel=data.source,
            asker=data.asker if known else None,
            asker_role=data.asker_role if known else None,
            client=client.short_name if client else None,
            number_ending=None if known else _number_ending(data.asker),
            answer_by=data.answer_due,
            told_at=history.last_told_at if known else None,
            told=said if known else None,
            subject=data.subject,
        ),
    )


def _number_ending(asker: str) -> str | None:
    """``207`` of "number ending 207"."""
    _, ending, digits = asker.partition("number ending ")
    return digits if ending else None


# ── whoever asked hears ─────────────────────────────────────────────────────────────────────────


def plan_auto_answer(ledger: Ledger, view: View, terms: Terms, matter: Matter) -> None:
    """Once an outage: it arrived, and what is known now. Whoever asks on a page, or was heard on
    the telephone, has that already; a stranger hears nothing of an outage."""
    data = cast("e.QuestionAsked", matter.event.data)
    wished = WRITING_BACK.get(data.source)
    if not data.first or data.person is None or wished is None:
        return
    facts = QuestionFacts(
        id=data.question_id,
        text=data.text,
        asked_at=data.asked_at,
        channel=data.source,
        answer_by=data.answer_due,
        subject=data.subject,
    )
    channel = _channel_of(view, terms, matter, data.person, data.source)
    asker = Asker(data.person, channel, data.reply_id)
    _write_back(ledger, view, terms, matter, asker, Kind.AUTO_ANSWER, facts)


def plan_answered(ledger: Ledger, view: View, terms: Terms, matter: Matter) -> None:
    """Each asker reads the answer once a place, below what they asked there last."""
    data = cast("e.QuestionAnswered", matter.event.data)
    for asker, question in _askers(view, terms, matter):
        facts = QuestionFacts(
            id=question.question_id,
            text=question.text,
            asked_at=question.asked_at,
            channel=question.source,
            answer=data.text,
            answered_by=data.answered_by,
            subject=question.subject,
        )
        _write_back(ledger, view, terms, matter, asker, Kind.ANSWERED, facts)


@dataclass(frozen=True)
class Asker:
    """Whom an answer goes to, and where: ``reply_id`` names what it stands below."""

    person: str
    channel: Channel
    reply_id: str | None


def _askers(view: View, terms: Terms, matter: Matter) -> Iterable[tuple[Asker, e.AnsweredQuestion]]:
    data = cast("e.QuestionAnswered", matter.event.data)
    newest: dict[tuple[str, Channel], tuple[Asker, e.AnsweredQuestion]] = {}
    for question in sorted(data.questions, key=lambda one: one.asked_at):
        if question.person is not None:
            channel = _channel_of(view, terms, matter, question.person, question.source)
            asker = Asker(question.person, channel, question.reply_id)
            newest[question.person, channel] = asker, question
    return newest.values()


def _channel_of(
    view: View, terms: Terms, matter: Matter, asker: str, source: QuestionSource
) -> Channel:
    """Where it came from, if the person can be written to there still."""
    person = view.person(matter.client.key, asker) if matter.client else None
    labels = person.labels if person else {}
    wished = WRITING_BACK.get(source, NEAREST[0])
    usable = (
        channel
        for channel in (wished, *NEAREST)
        if channel in terms.channels
        and labels.get(channel, UNREADABLE) != UNREADABLE
        and (channel, labels[channel]) not in matter.closed
    )
    return next(usable, wished)


def _write_back(
    ledger: Ledger,
    view: View,
    terms: Terms,
    matter: Matter,
    asker: Asker,
    kind: Kind,
    facts: QuestionFacts,
) -> None:
    event, client = matter.event, matter.client
    if client is None or matter.concerned is None:
        return
    about = cast("Event[e.IncidentEvent]", event)
    notice = client_notice(
        uuid7(), about, kind, matter.concerned, client, view, matter.history, facts
    )
    target = _target(view, terms, client, asker)
    reason = target.skip or (STALE if is_stale(event.time, terms) else None)
    row = Delivery(
        id=uuid7(),
        message=message_of(notice, event, client.key),
        target=target,
        thread=_thread(event.subject, asker, target.destination),
        urgency=urgency_of(kind, event.data.incident.severity),
        state=DeliveryState.SKIPPED if reason else DeliveryState.PENDING,
        reason=reason,
    )
    ledger.add([row])


def _thread(incident_id: str, asker: Asker, destination: str) -> str:
    if asker.reply_id is None:
        return thread_of(incident_id, "answers", asker.channel, destination)
    return answer_thread(asker.reply_id, asker.channel, destination)


def _target(view: View, terms: Terms, client: Client, asker: Asker) -> Target:
    contact = _contact(client, asker.person)
    person = view.person(client.key, asker.person)
    name = contact.name if contact else person.name if person else asker.person
    label = person.labels.get(asker.channel) if person else None
    return Target(
        person=asker.person,
        person_name=name,
        roles=contact.roles if contact else (),
        channel=asker.channel,
        destination=label if label and label != UNREADABLE else "",
        because=f"asked a question, as a contact of {client.name}",
        reader=Reader(
            person=asker.person,
            name=name,
            roles=contact.roles if contact else (),
            locale=contact.locale if contact else None,
            timezone=contact.timezone if contact else None,
            status_link=view.provider.portal_url,
        ),
        skip=_against(terms, asker, name, label),
    )


def _against(terms: Terms, asker: Asker, name: str, label: str | None) -> str | None:
    channel = asker.channel.value
    if asker.channel not in terms.channels:
        return f"the channel {channel} is not set up"
    return None if label and label != UNREADABLE else f"{name} has no usable {channel} address"


def _contact(client: Client, key: str) -> Contact | None:
    return next((contact for contact in client.contacts if contact.key == key), None)
