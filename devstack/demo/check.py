"""Compare what the sandbox received with what was expected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from devstack.demo.expected import EXPECTED, Expected

THREADED = ("email", "slack")
Message = dict[str, Any]
"""As ``GET /messages`` of the sandbox answers it."""


@dataclass(frozen=True)
class Verdict:
    """``missing`` messages, ``surplus`` ones, threads that were ``torn``; empty is good.

    Surplus is what nobody was promised: sent twice, or to an address it is not for.
    """

    missing: tuple[Expected, ...]
    surplus: tuple[str, ...]
    torn: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not (self.missing or self.surplus or self.torn)

    @property
    def exit_code(self) -> int:
        return 0 if self.good else 1


def verdict(messages: Sequence[Message], expected: Sequence[Expected] = EXPECTED) -> Verdict:
    missing, surplus = compared(expected, messages)
    return Verdict(
        missing=tuple(missing),
        surplus=tuple(sorted(named(message) for message in surplus)),
        torn=tuple(torn_threads(messages)),
    )


def compared(
    expected: Sequence[Expected], messages: Sequence[Message]
) -> tuple[list[Expected], list[Message]]:
    """What nobody received, and what nobody was promised; one message answers one expectation."""
    unused = list(messages)
    without: list[Expected] = []
    for each in expected:
        answer = find(each, unused)
        if answer is None:
            without.append(each)
        else:
            unused.remove(answer)
    return without, unused


def find(expected: Expected, messages: Iterable[Message]) -> Message | None:
    """The message that answers ``expected``, if one came."""
    return next((message for message in messages if _answers(message, expected)), None)


def _answers(message: Message, expected: Expected) -> bool:
    text = " ".join(message["text"].split())
    return (
        message["channel"] == expected.channel
        and addresses(message) == [expected.to]
        and expected.says in text
        and expected.reader in text
    )


def addresses(message: Message) -> list[str]:
    """A webhook is known by the last part of its address, a Teams workflow by its name."""
    if message["channel"] == "teams":
        return [to.partition("/workflows/")[2].partition("/")[0] for to in message["to"]]
    return [to.rpartition("/")[2] for to in message["to"]]


def named(message: Message) -> str:
    what = message["subject"] or message["text"][:160]
    return f"{', '.join(addresses(message))} by {message['channel']}: {what}"


def torn_threads(messages: Iterable[Message]) -> list[str]:
    """Mail and chat addresses that got one matter's messages in more than one thread."""
    threads: dict[tuple[str, str], set[str]] = {}
    for message in messages:
        if message["channel"] in THREADED and not _stands_alone(message):
            for address in addresses(message):
                threads.setdefault((address, _matter(message)), set()).add(str(message["thread"]))
    return sorted({address for (address, _), found in threads.items() if len(found) > 1})


def _matter(message: Message) -> str:
    """``[INC-1001]`` or ``[MNT-1]``; chat has no subject, and one thread an outage here."""
    return (message["subject"] or "").rpartition(" ")[2]


def _stands_alone(message: Message) -> bool:
    """What asks for a decision is never threaded, and a question has a thread of its own."""
    return (message["subject"] or "").startswith(("Approve by", "Question from"))
