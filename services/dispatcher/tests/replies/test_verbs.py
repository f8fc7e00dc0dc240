"""A word that is an answer by itself, in four languages; everything else is for people to read."""

from __future__ import annotations

import pytest
from dispatcher.channels.message import Answer
from dispatcher.replies.verbs import verb_of


@pytest.mark.parametrize(
    "text",
    [
        "1",
        " 1. ",
        "1!",
        "OK",
        "Received.",
        "Erhalten",
        "reçu",
        "Bien reçu !",
        "recibido",
        "👍",
        "👍🏽",
    ],
)
def test_a_client_confirms(text: str) -> None:
    assert verb_of(text, staff=False) is Answer.CONFIRM


@pytest.mark.parametrize(
    "text",
    ["Thanks!", "Thank you.", "danke", "Vielen Dank!", "Merci 🙏", "¡Gracias!", "Danke schön 👍"],
)
def test_thanks_alone_ask_nothing(text: str) -> None:
    assert verb_of(text, staff=False) is Answer.CONFIRM
    assert verb_of(text, staff=True) is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yes",
        "ja",
        "11",
        "1 mailbox is missing",
        "ok, but what about the archive?",
        "thanks, until when?",
        "4",
        "stop",
    ],
)
def test_anything_else_of_a_client_is_read_by_people(text: str) -> None:
    assert verb_of(text, staff=False) is None


@pytest.mark.parametrize(
    "text", ["1", "I take it", "Übernehme", "je prends en charge", "me encargo"]
)
def test_a_colleague_takes(text: str) -> None:
    assert verb_of(text, staff=True) is Answer.TAKE


@pytest.mark.parametrize("text", ["4", "pass", "Weiter", "transmettre", "pasar"])
def test_a_colleague_passes_it_on(text: str) -> None:
    assert verb_of(text, staff=True) is Answer.DECLINE


def test_a_decomposed_letter_is_the_same_letter() -> None:
    assert verb_of("rec\u0327u", staff=False) is Answer.CONFIRM
