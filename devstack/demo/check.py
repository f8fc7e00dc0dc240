"""Compare what the sandbox received with what was expected. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from devstack.demo.expected import EXPECTED, Expected

Message = dict[str, Any]
"""As ``GET /messages`` of the sandbox answers it."""


@dataclass(frozen=True)
class Verdict:
    """``missing`` messages, people ``wrongly_told``, threads that were ``torn``; empty is good."""

    missing: tuple[Expected, ...]
    wrongly_told: tuple[str, ...]
    torn: tuple[str, ...]

    @property
    def good(self) -> bool:
        return not (self.missing or self.wrongly_told or self.torn)

    @property
    def exit_code(self) -> int:
        return 0 if self.good else 1


def verdict(messages: Sequence[Message], expected: Sequence[Expected] = EXPECTED) -> Verdict:
    return Verdict(
        missing=tuple(missing(expected, messages)),
        wrongly_told=tuple(sorted(told(messages) - {each.to for each in expected})),
        torn=tuple(torn_threads(messages)),
    )


def missing(expected: Sequence[Expected], messages: Sequence[Message]) -> list[Expected]:
    """What nobody received; one message answers one expectation, never two."""
    unused = list(messages)
    without: list[Expected] = []
    for each in expected:
        answer = find(each, unused)
        if answer is None:
            without.append(each)
        else:
            unused.remove(answer)
    return without


def find(expected: Expected, messages: Iterable[Message]) -> Message | None:
    """The message that answers ``expected``, if one came."""
    return next((message for message in messages if _answers(message, expected)), None)


def _answers(message: Message, expected: Expected) -> bool:
    return (
        message["channel"] == expected.channel
        and expected.to in addresses(message)
        and expected.says in " ".join(message["text"].split())
    )


def addresses(message: Message) -> list[str]:
    """A webhook is known by the last part of its address."""
    return [to.rpartition("/")[2] for to in message["to"]]


def told(messages: Iterable[Message]) -> set[str]:
    return {address for message in messages for address in addresses(message)}


def torn_threads(messages: Iterable[Message]) -> list[str]:
    """Mail and chat addresses that got one incident's messages in more than one thread."""
    threads: dict[str, set[str]] = {}
    for message in messages:
        if message["channel"] != "webhook":
            for address in addresses(message):
                threads.setdefault(address, set()).add(str(message["thread"]))
    return sorted(address for address, found in threads.items() if len(found) > 1)
