"""What a call says besides its message, in every language."""

from __future__ import annotations

import pytest
from dispatcher.callbacks.voice_words import not_connected, thanks, word
from dispatcher.channels.message import Answer
from dispatcher.rendering import language
from dispatcher.replies.inbound import Confirmed, Ignored, StepAnswered

LANGUAGES = sorted(language.available())


@pytest.mark.parametrize("locale", [*LANGUAGES, "de-CH", "en-US"])
def test_every_language_says_everything(locale: str) -> None:
    english = language.load("en").words["call"]

    assert all(word(locale, key) for key in english)
    assert language.load(locale).words["call"].keys() == english.keys()


def test_only_what_is_noted_is_thanked_for() -> None:
    assert "confirmation is noted" in thanks("en", Answer.CONFIRM, Confirmed())
    assert "you take it" in thanks("en", Answer.TAKE, StepAnswered(taken=True))
    assert thanks("en", Answer.CONFIRM, Ignored("it came in before")) == "Goodbye."


def test_a_number_is_named_where_nobody_answers() -> None:
    assert "+49 30 23125100" in not_connected("fr", "+49 30 23125100")
    assert not_connected("fr", None) == "Au revoir."
