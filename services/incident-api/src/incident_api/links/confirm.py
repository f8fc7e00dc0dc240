"""What the page of a notice's link shows: pure, in its reader's language, of that one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.incident import AudienceClient

from incident_api.conversations.model import Message, MessageKind
from incident_api.directory.view import DirectoryView
from incident_api.documents.language import Language, language_of
from incident_api.documents.times import Times, zone_or_utc
from incident_api.incidents.model import Incident

MOST = 2000


@dataclass(frozen=True)
class Reading:
    """Who reads about what. ``systems`` by the client's names.

    ``confirmed_at`` is when they said that they had it, ``messages`` the conversation so far.
    """

    incident: Incident
    view: DirectoryView
    client: Client
    told: AudienceClient
    contact: Contact
    systems: tuple[str, ...]
    confirmed_at: datetime | None
    messages: tuple[Message, ...]

    @property
    def language(self) -> Language:
        return language_of(self.contact.locale or self.client.locale)


@dataclass(frozen=True)
class Exchange:
    """The reader's own question, and what was answered to it, if anything was."""

    question: str
    answer: str
    answered_by: str


@dataclass(frozen=True)
class ConfirmPage:
    """``confirmed`` and ``confirm`` exclude each other; ``wrong`` is why nothing was sent."""

    language: str
    title: str
    about: str
    state: str
    confirmed: str
    confirm: str
    ask: str
    send: str
    exchanges: tuple[Exchange, ...]
    waiting: str
    foot: str
    text: str
    wrong: str


def confirm_page(reading: Reading, *, text: str = "", wrong: str = "") -> ConfirmPage:
    """``text`` is what the form keeps, ``wrong`` the key of what is wrong with it."""
    language, incident = reading.language, reading.incident
    zone = zone_or_utc(reading.contact.timezone or reading.client.timezone)
    times = Times(language, zone)
    confirmed = reading.confirmed_at
    return ConfirmPage(
        language=language.tag,
        title=_title(reading),
        about=f"{incident.ref}, {times.full_date(incident.started_at)}",
        state=language.named("statuses", incident.status),
        confirmed=language.word("confirm", "confirmed", at=times.clock(confirmed))
        if confirmed
        else "",
        confirm=language.word("confirm", "confirm"),
        ask=language.word("confirm", "ask"),
        send=language.word("confirm", "send"),
        exchanges=_exchanges(reading),
        waiting=language.word("confirm", "waiting"),
        foot=language.word("confirm", "foot", provider=reading.view.provider.name),
        text=text,
        wrong=language.word("confirm", wrong, most=MOST) if wrong else "",
    )


def _title(reading: Reading) -> str:
    title = reading.language.joined(reading.systems) or reading.incident.ref
    if not reading.incident.drill:
        return title
    return f"{reading.language.word('title', 'exercise')}: {title}"


def _exchanges(reading: Reading) -> tuple[Exchange, ...]:
    """Only what this very person asked: a colleague's question is theirs."""
    said = {one.id: one for one in reading.messages}
    return tuple(
        _exchange(one, said, reading.language)
        for one in reading.messages
        if one.kind is MessageKind.QUESTION and one.person == reading.contact.key
    )


def _exchange(question: Message, said: dict[str, Message], language: Language) -> Exchange:
    answer = said.get(question.answer_id or "")
    if answer is None:
        return Exchange(question.text, "", "")
    by = answer.author if answer.person else language.word("confirm", "desk")
    return Exchange(question.text, answer.text, by)


def fault_of(text: str) -> str:
    """The key of what is wrong with a question, if anything is."""
    if not text:
        return "empty"
    return "too_long" if len(text) > MOST else ""


def systems_of(told: AudienceClient) -> Sequence[str]:
    return told.systems or told.via
