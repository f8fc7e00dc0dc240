"""Rule 17: the same facts on every channel. A shorter one leaves out, and adds nothing."""

from __future__ import annotations

import re

import pytest
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.reading import Reading, reading_for
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.cast import but, cet
from services.dispatcher.tests.rendering.forms import call_of, rendered, sms_of
from services.dispatcher.tests.rendering.story import CLIENTS, EVERY_KIND, TOLD, reader_of

TO_CLIENTS = [(language, kind) for language, kind in TOLD if kind in CLIENTS]
PROMISING = [
    (language, kind)
    for language, kind in TO_CLIENTS
    if EVERY_KIND[kind]().next_update_due and kind not in {"mistaken", "auto_answer", "answered"}
]
NOT_ABOUT_A_SYSTEM = {"digest", "auto_answer", "answered", "feedback_request"}
"""But about several, or about the informing."""
ABOUT_A_SYSTEM = [(at, kind) for at, kind in TO_CLIENTS if kind not in NOT_ABOUT_A_SYSTEM]
OWN_WORDS_IN_SMS = {Kind.CORRECTION, Kind.WORKAROUND}
"""What a person wrote takes the room of the name."""
SAYS_MORE_IN_CHAT = {"maintenance_cancelled", "escalation_taken"}
"""How long it was to last; how long the take holds."""
PEOPLE_WRITE = "CET"
"""The zone in what operators wrote, whose words stay as they are."""
CLOCK = re.compile(r"\b\d{1,2}(?::\d{2}\b| ?h ?\d{2}\b(?! ?min))")


def told(language: str, kind: str) -> tuple[Notice, Reader, Reading]:
    made = EVERY_KIND[kind]()
    reader = reader_of(made, language)
    return made, reader, reading_for(made, reader.locale, reader.timezone)


def chat(made: Notice, reader: Reader) -> str:
    message = rendered(made, Channel.SLACK, reader).chat
    assert message is not None
    fields = (f"{field.label}: {field.value}" for field in message.fields)
    return "\n".join([message.header, *fields])


@pytest.mark.parametrize(("language", "kind"), PROMISING)
def test_the_next_word_is_promised_on_every_channel(language: str, kind: str) -> None:
    made, reader, reading = told(language, kind)
    due = reading.at(made.next_update_due)
    assert due is not None

    assert due.full in rendered(made, Channel.EMAIL, reader).text
    assert due.short in chat(made, reader)
    assert reading.times.clock_of(due.moment, "sms_") in sms_of(made, reader)
    assert due.spoken_clock in call_of(made, reader)


@pytest.mark.parametrize(("language", "kind"), ABOUT_A_SYSTEM)
def test_the_system_is_named_on_every_channel(language: str, kind: str) -> None:
    made, reader, _ = told(language, kind)

    assert "Mail EU" in rendered(made, Channel.EMAIL, reader).text
    assert "Mail EU" in chat(made, reader).split("\n")[0]
    assert "Mail EU" in call_of(made, reader)
    assert made.kind in OWN_WORDS_IN_SMS or "Mail EU" in sms_of(made, reader)


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_a_short_channel_names_no_time_that_the_mail_does_not(language: str, kind: str) -> None:
    made, reader, _ = told(language, kind)
    mail = _clocks(rendered(made, Channel.EMAIL, reader).text)

    assert _clocks(sms_of(made, reader)) <= mail
    assert kind in SAYS_MORE_IN_CHAT or _clocks(chat(made, reader)) <= mail


def _clocks(text: str) -> set[str]:
    return {re.sub(r"\D+", ":", clock).zfill(5) for clock in CLOCK.findall(text)}


@pytest.mark.parametrize(("language", "kind"), TO_CLIENTS)
def test_a_person_to_reach_is_in_every_mail_with_a_number(language: str, kind: str) -> None:
    made, reader, _ = told(language, kind)

    mail = rendered(made, Channel.EMAIL, reader).text

    assert "Ann Weiss" in mail
    assert "+49 30 23125 142" in mail


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_each_paragraph_with_a_time_says_its_zone(language: str, kind: str) -> None:
    """Rule 8; the list of a digest has it in its heading."""
    made, reader, reading = told(language, kind)
    zone = reading.times.zone_of(made.at)
    digest = made.kind is Kind.DIGEST

    for paragraph in rendered(made, Channel.EMAIL, reader).text.split("\n\n"):
        if CLOCK.search(paragraph) and not (digest and ": " in paragraph):
            assert zone in paragraph or PEOPLE_WRITE in paragraph


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_severity_is_a_word(language: str, kind: str) -> None:
    made, reader, _ = told(language, kind)

    for said in (
        rendered(made, Channel.EMAIL, reader).text,
        chat(made, reader),
        sms_of(made, reader),
        call_of(made, reader),
    ):
        assert not re.search(r"\bsev ?\d|\bP\d\b", said, re.IGNORECASE)


@pytest.mark.parametrize("language", sorted({language for language, _ in TO_CLIENTS}))
def test_a_late_word_says_so_on_every_channel(language: str) -> None:
    made, reader, reading = told(language, "no_news")
    late = made.model_copy(update={"late_promise": cet("10:57"), "update": None})
    due = reading.times.at(cet("10:57"))

    mail, message = rendered(late, Channel.EMAIL, reader), rendered(late, Channel.SLACK, reader)

    assert due.full in mail.text.split("\n\n")[1]
    assert message.chat is not None
    assert due.full in (message.chat.body or "")
    short = but(late, eta=None).model_copy(update={"last_told_at": None})
    assert due.spoken_clock in call_of(short, reader)
    assert reading.times.clock_of(cet("10:57"), "sms_") in sms_of(short, reader)
