"""Text messages fit one segment with their link last; calls last 25 seconds at most."""

from __future__ import annotations

import re

import pytest
from dispatcher.rendering.gsm7 import SEGMENT, septets
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.sms_text import NO_LINK, PEOPLE_S_OWN
from tocsin_contracts.words import Channel, Kind

from services.dispatcher.tests.rendering.forms import call_of, rendered, sms_of, text_of
from services.dispatcher.tests.rendering.story import EVERY_KIND, OF_NO_OUTAGE, TOLD, reader_of

WORDS_IN_25_SECONDS = 62
"""At 150 words a minute."""
KEYLESS = {Kind.AUTO_ANSWER, Kind.ESCALATION_TAKEN}
LINK = "nl.example/"
OF_INCIDENTS = [(language, kind) for language, kind in TOLD if EVERY_KIND[kind]().incident]


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_a_text_message_is_one_segment(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()

    said = sms_of(made, reader_of(made, language))

    assert "\n" not in said
    assert septets(said) is not None, "a letter that GSM-7 lacks"
    assert (septets(said) or 0) <= SEGMENT


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_a_text_message_says_who_writes_and_ends_with_its_link(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()

    said = sms_of(made, reader_of(made, language))

    assert said.startswith("Tocsin:" if made.kind.for_staff else "Nordlicht IT")
    if made.kind in NO_LINK | PEOPLE_S_OWN:
        assert LINK not in said
    else:
        assert LINK in said.split(" ")[-1]
        assert not said.endswith(".")


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_a_call_is_heard_to_its_end(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()

    said = call_of(made, reader_of(made, language))

    assert len(said.split()) <= WORDS_IN_25_SECONDS
    assert "http" not in said
    assert "INC-" not in said
    assert "MNT-" not in said


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_keys_mean_the_same_everywhere(language: str, kind: str) -> None:
    """1 = I have it, 2 = again, 3 = a person, 4 = pass on; 7 to 9 are of the one question."""
    made = EVERY_KIND[kind]()

    keys = re.findall(r"\b(\d)(?=[,.:;]|$| pour| para)", call_of(made, reader_of(made, language)))
    keys = [key for key in keys if key in "1234789"]

    if made.kind in KEYLESS:
        assert keys == []
    elif made.kind is Kind.FEEDBACK_REQUEST:
        assert sorted(keys)[-3:] == ["7", "8", "9"]
    else:
        assert keys
        assert keys == sorted(keys)


def long_names(made: Notice) -> Notice:
    """As long as names may be, of two hundred letters."""
    long = " ".join(["Vereinigte Rechenzentren"] * 8)
    client = made.client and made.client.model_copy(update={"name": long, "called": None})
    provider = made.provider.model_copy(update={"name": long})
    systems = tuple(long for _ in made.systems)
    return made.model_copy(update={"client": client, "provider": provider, "systems": systems})


@pytest.mark.parametrize(("language", "kind"), TOLD)
def test_with_the_longest_names_it_still_is_one_segment(language: str, kind: str) -> None:
    made = long_names(EVERY_KIND[kind]())
    segments = 2 if made.kind in PEOPLE_S_OWN else 1

    said = sms_of(made, reader_of(made, language))

    assert (septets(said) or 999) <= SEGMENT * segments


@pytest.mark.parametrize(("language", "kind"), OF_INCIDENTS)
def test_an_exercise_says_so_before_anything_else(language: str, kind: str) -> None:
    made = EVERY_KIND[kind]()
    assert made.incident is not None
    drill = made.model_copy(update={"incident": made.incident.model_copy(update={"drill": True})})
    reader = reader_of(made, language)

    first = sms_of(drill, reader).split()[0].strip(":")
    plain = sms_of(made, reader).split()[0].strip(":")

    assert first != plain
    assert first.isupper()
    assert not call_of(drill, reader).startswith(call_of(made, reader)[:12])


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_where_no_answer_comes_back_nobody_is_asked_to_reply(language: str) -> None:
    made = EVERY_KIND["initial"]()
    reader = reader_of(made, language)

    said = rendered(made, Channel.APPRISE, reader).text

    asks = ("Reply", "Antworten Sie", "Répondez", "Responda")
    assert any(word in text_of(made, reader) for word in asks)
    assert not any(word in said for word in asks)
    assert "+49" in said


@pytest.mark.parametrize("language", ["en", "de", "fr", "es"])
def test_a_test_names_once_who_tries_it(language: str) -> None:
    made = OF_NO_OUTAGE["test"]()
    reader = reader_of(made, language)

    assert sms_of(made, reader).count("Nordlicht IT") == 1
    assert call_of(made, reader).count("Nordlicht IT") == 1
