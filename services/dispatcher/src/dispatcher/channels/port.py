"""The channel port: what every channel promises, and what may come of a send.

An expected failure of a provider is a value; an exception is a bug of ours. Adding a channel is
one file with one class that fits :class:`Channel`, its settings, and one line in ``registry.py``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, runtime_checkable

from tocsin_contracts import words

from dispatcher.channels.message import (
    Answer,
    CalendarPart,
    ChatField,
    ChatLink,
    ChatMessage,
    RenderedMessage,
    Thread,
)


@dataclass(frozen=True)
class Destination:
    """Where one message goes. ``address`` is an email address, a Slack channel id or a URL.

    Neither ``address`` nor a secret shows in a representation: a webhook's URL is a secret.
    ``previous_secret`` is set while a secret is replaced, and signs as well.
    """

    channel: words.Channel
    address: str = field(repr=False)
    secret: str | None = field(default=None, repr=False)
    name: str | None = None
    previous_secret: str | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Accepted:
    """The provider took it. ``provider_id`` names it there, and roots its thread."""

    provider_id: str


@dataclass(frozen=True)
class RetryLater:
    """It was not taken, and may be later; ``retry_after`` if the provider said when.

    ``provider_down``: the provider itself is at fault, so that others of its messages would fail as
    well; where there is a second provider, this goes there. ``held``: we held it back ourselves, to
    keep a provider's pace, so that nothing was tried.
    """

    reason: str
    retry_after: timedelta | None = None
    provider_down: bool = False
    held: bool = False


@dataclass(frozen=True)
class Rejected:
    """It was not taken, and will not be: the address or the message is at fault.

    ``suppress``: nothing may be sent to this destination any more, and why.
    """

    reason: str
    suppress: words.SuppressionCause | None = None


@dataclass(frozen=True)
class Unknown:
    """It may have been taken: the answer was lost. Repeat once, with the same id."""

    reason: str


SendOutcome = Accepted | RetryLater | Rejected | Unknown


class Channel(Protocol):
    """One way to reach people.

    ``concurrency`` is how many sends may be under way at once. ``open`` is called once before the
    first send, ``close`` after the last; both may be called again.
    """

    @property
    def name(self) -> words.Channel: ...

    @property
    def concurrency(self) -> int: ...

    async def open(self) -> None: ...

    async def close(self) -> None: ...

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome: ...


@runtime_checkable
class Edits(Protocol):
    """A channel whose sent messages can be changed where they stand."""

    async def edit(
        self, message: RenderedMessage, to: Destination, *, provider_id: str
    ) -> SendOutcome: ...


__all__ = [
    "Accepted",
    "Answer",
    "CalendarPart",
    "Channel",
    "ChatField",
    "ChatLink",
    "ChatMessage",
    "Destination",
    "Edits",
    "Rejected",
    "RenderedMessage",
    "RetryLater",
    "SendOutcome",
    "Thread",
    "Unknown",
]
