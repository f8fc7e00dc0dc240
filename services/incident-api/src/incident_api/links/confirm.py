"""What the page of a notice's link shows: pure, in its reader's language, of that one incident."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from tocsin_contracts.incident import AudienceClient

from incident_api.conversations.model import Message, MessageKind
from incident_api.documents.language import Language
from incident_api.links.reading import Reading
from incident_api.links.standing import Row, rows_of

MOST = 2000


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
    rows: tuple[Row, ...]
    call: str
    dial: str
    confirmed: str
    confirm: str
    ask: str
    send: str
    exchanges: tuple[Exchange, ...]
    waiting: str
    zone: str
    foot: str
    text: str
    wrong: str


def confirm_page(reading: Reading, *, text: str = "", wrong: str = "") -> ConfirmPage:
    """``text`` is what the form keeps, ``wrong`` the key of what is wrong with it."""
    language, incident = reading.language, reading.incident
    times, confirmed, call = reading.times, reading.confirmed_at, reading.call
    return ConfirmPage(
        language=language.tag,
        title=_title(reading),
        about=incident.ref,
        state=language.named("statuses", incident.status),
        rows=rows_of(reading),
        call=language.word("title", "questions", provider=call.name, phone=call.phone)
        if call
        else "",
        dial="".join(one for one in call.phone if one in "+0123456789") if call else "",
        confirmed=language.word(
            "confirm", "confirmed", at=times.clock_beside(confirmed, reading.now)
        )
        if confirmed
        else "",
        confirm=language.word("confirm", "confirm"),
        ask=language.word("confirm", "ask"),
        send=language.word("confirm", "send"),
        exchanges=_exchanges(reading),
        waiting=language.word("confirm", "waiting"),
        zone=times.zone_line(reading.now),
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
