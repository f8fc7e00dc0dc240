"""A Teams card: what readers see, what it may not do, and how it is shortened."""

from __future__ import annotations

import json
from typing import Any

import pytest
from dispatcher.channels.message import ChatField, ChatLink, ChatMessage
from dispatcher.channels.teams_card import MOST_BYTES, card_body

from devstack.sandbox.teams_card import html_of, problem_with, text_of

LINKS = (ChatLink("Status page", "https://tocsin.example/s/1"),)


def chat(**given: Any) -> ChatMessage:
    made: dict[str, Any] = {
        "header": "Mail EU down since 09:52 CET",
        "fields": (ChatField("State", "investigating, critical"),),
        "fallback": "NEW: Mail EU down since 09:52 CET",
        "links": LINKS,
        "foot": "You get this as IT lead.",
        **given,
    }
    return ChatMessage(**made)


def card_of(body: bytes) -> dict[str, Any]:
    document = json.loads(body)
    assert problem_with(document) is None
    card: dict[str, Any] = document["attachments"][0]["content"]
    return card


def test_a_reader_sees_the_state_and_opens_the_page() -> None:
    card = card_of(card_body(chat(body="The cause is known.\n\nWe replace a switch.")))

    assert text_of(card).splitlines() == [
        "Mail EU down since 09:52 CET",
        "State: investigating, critical",
        "The cause is known.",
        "We replace a switch.",
        "You get this as IT lead.",
    ]
    assert '<a href="https://tocsin.example/s/1">Status page</a>' in html_of(card)


def test_a_lock_screen_shows_the_fallback() -> None:
    document = json.loads(card_body(chat()))

    assert document["summary"] == "NEW: Mail EU down since 09:52 CET"


def test_markup_in_a_tools_words_stays_words() -> None:
    """A TextBlock would make a link of it; a text run does not."""
    card = card_of(card_body(chat(body="[click](https://evil.example) **now**")))

    assert {block["type"] for block in card["body"]} == {"RichTextBlock"}
    assert "[click](https://evil.example) **now**" in text_of(card)


def test_more_links_than_teams_shows_are_left_out() -> None:
    links = tuple(ChatLink(f"Link {n}", f"https://tocsin.example/{n}") for n in range(9))

    assert len(card_of(card_body(chat(links=links)))["actions"]) == 6


@pytest.mark.parametrize("letter", ["a ", "ä ", "🔥", '"', "\x01", "\n\n."])
def test_a_long_text_is_cut_to_what_teams_takes(letter: str) -> None:
    body = card_body(chat(body=letter * 40_000))

    assert MOST_BYTES - 2_000 < len(body) <= MOST_BYTES
    said = text_of(card_of(body))
    assert "Mail EU down since 09:52 CET" in said
    assert "State: investigating, critical" in said
    assert "…" in said


def test_long_fields_are_cut_when_nothing_else_is_left_to_cut() -> None:
    fields = tuple(ChatField("State", "x" * 20_000) for _ in range(3))

    card = card_of(card_body(chat(fields=fields, body="More.")))

    assert len([line for line in text_of(card).splitlines() if line.startswith("State")]) == 3
    assert [action["title"] for action in card["actions"]] == ["Status page"]


def test_what_cannot_be_shortened_is_refused_in_one_sentence() -> None:
    with pytest.raises(ValueError, match="too large for Teams"):
        card_body(chat(links=(ChatLink("Page", "https://tocsin.example/" + "x" * 40_000),)))
