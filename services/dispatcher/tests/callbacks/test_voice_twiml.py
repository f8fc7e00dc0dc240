"""What the telephone says, as Twilio reads it."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from dispatcher.callbacks.voice_twiml import connect, read_out, say_and_end

KEYS = "https://tocsin.example/callbacks/twilio/voice/keys?delivery=d-1&times=1"


def test_one_key_ends_the_reading_and_none_is_told_too() -> None:
    gather = ElementTree.fromstring(read_out("de", "Guten Tag.", keys_to=KEYS))[0]

    assert gather.tag == "Gather"
    assert gather.attrib["numDigits"] == "1"
    assert gather.attrib["actionOnEmptyResult"] == "true"
    assert gather.attrib["action"] == KEYS


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("en", "en-GB"),
        ("en-US", "en-US"),
        ("de", "de-DE"),
        ("de-CH", "de-DE"),
        ("fr", "fr-FR"),
        ("es", "es-ES"),
        ("nl", "en-GB"),
    ],
)
def test_it_is_read_in_the_readers_language(locale: str, language: str) -> None:
    gather = ElementTree.fromstring(read_out(locale, "Hello.", keys_to=KEYS))[0]

    assert gather[0].attrib["language"] == language


def test_names_are_said_as_they_are_written() -> None:
    said = ElementTree.fromstring(say_and_end("de", "Störung bei Müller & <Söhne> GmbH."))

    assert said[0].text == "Störung bei Müller & <Söhne> GmbH."
    assert said[1].tag == "Hangup"


def test_a_telephone_number_is_read_digit_by_digit() -> None:
    say = ElementTree.fromstring(say_and_end("en", "Our desk: +49 30 23125 100. Goodbye."))[0]

    assert [part.tag for part in say] == ["say-as"]
    assert say[0].text == "+49 30 23125 100"
    assert say[0].attrib["interpret-as"] == "telephone"
    assert "".join(say.itertext()) == "Our desk: +49 30 23125 100. Goodbye."


def test_a_person_is_dialled_from_our_own_number() -> None:
    made = connect("en", "One moment.", number="+49302312542", caller="+49302312500", then=KEYS)
    dial = ElementTree.fromstring(made)[1]

    assert dial.attrib["callerId"] == "+49302312500"
    assert [number.text for number in dial] == ["+49302312542"]
