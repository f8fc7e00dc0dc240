"""What a key means during a call, and what happens next.

Keys mean the same in every call: 1 = I have it, 2 = again, 3 = a person, 4 = pass on. A key that
this message does not offer means nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

from dispatcher.channels.message import Answer, RenderedMessage

READ_AT_MOST = 10
"""How often one call reads its message, whatever is pressed: a stuck key must not talk for ever."""
READ_UNASKED = 2


@dataclass(frozen=True)
class Read:
    """The message, from its beginning; ``misunderstood``: after a word on the key."""

    misunderstood: bool = False


@dataclass(frozen=True)
class Give:
    """The answer is passed on, and thanked for."""

    answer: Answer


@dataclass(frozen=True)
class Connect:
    number: str


@dataclass(frozen=True)
class End:
    """A farewell."""


Step = Read | Give | Connect | End


def next_step(digit: str, times: int, message: RenderedMessage) -> Step:
    """``digit`` is empty where nothing was pressed; ``times`` the message was read in this call."""
    answer = _answer(digit, message)
    if answer is not None:
        return Give(answer)
    if digit == "3" and message.dial:
        return Connect(message.dial)
    if times >= (READ_AT_MOST if digit else READ_UNASKED):
        return End()
    return Read(misunderstood=digit not in ("", "2"))


def _answer(digit: str, message: RenderedMessage) -> Answer | None:
    wanted = {"1": (Answer.CONFIRM, Answer.TAKE), "4": (Answer.DECLINE,)}.get(digit, ())
    return next((answer for answer in wanted if answer in message.answers), None)
