"""What a call says besides its message, in the reader's language."""

from __future__ import annotations

from dispatcher.channels.message import Answer
from dispatcher.rendering import language
from dispatcher.replies.inbound import Confirmed, Over, Received, StepAnswered


def word(locale: str, key: str) -> str:
    return language.load(locale).word("call", key)


def thanks(locale: str, answer: Answer, received: Received) -> str:
    """Only what is safely noted is thanked for."""
    if isinstance(received, Over):
        return word(locale, "over")
    noted = isinstance(received, Confirmed | StepAnswered)
    return word(locale, answer.value if noted else "farewell")


def not_connected(locale: str, number: str | None) -> str:
    if number is None:
        return word(locale, "farewell")
    return word(locale, "not_connected").format(number=number)
