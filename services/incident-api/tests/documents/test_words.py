"""The languages of documents say the same things, all of them, formally."""

from __future__ import annotations

import re
from string import Formatter

import pytest
from incident_api.documents.language import available, language_of, load

OTHERS = sorted(available() - {"en"})


def entries(tag: str) -> dict[tuple[str, str], str]:
    words = load(tag).words
    return {(section, key): text for section in words for key, text in words[section].items()}


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("tag", OTHERS)
def test_every_language_has_every_word_with_the_same_variables(tag: str) -> None:
    ours, theirs = entries("en"), entries(tag)
    assert set(ours) == set(theirs)
    for place, text in ours.items():
        if place[0] != "dates":
            assert fields(text) == fields(theirs[place]), place


INFORMAL = {
    "de": r"\b(du|dich|dir|dein\w*|euch|euer)\b",
    "fr": r"\b(tu|toi|ton|ta|tes)\b",
    "es": r"\b(tú|te|ti|tu|tus|vosotros|vuestr\w+)\b",
}


@pytest.mark.parametrize("tag", OTHERS)
def test_readers_are_addressed_formally(tag: str) -> None:
    for place, text in entries(tag).items():
        assert not re.search(INFORMAL[tag], text, re.IGNORECASE), place


def test_a_region_takes_its_language_and_what_we_do_not_speak_is_english() -> None:
    assert [language_of(tag).tag for tag in ("de-CH", "fr_CA", "ES-mx", "pt-BR", "", None)] == [
        *("de", "fr", "es", "en", "en", "en"),
    ]


def test_lists_of_any_length_read_well() -> None:
    names = ["Mail", "VPN", "Wiki", "Phone", "Print"]
    said = [load("en").joined(names[:count]) for count in range(6)]
    assert said == [
        *("", "Mail", "Mail and VPN", "Mail, VPN and Wiki"),
        *("Mail, VPN and 2 more", "Mail, VPN and 3 more"),
    ]
