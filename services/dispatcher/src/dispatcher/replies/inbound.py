"""What came in, on any channel, before it is known what it belongs to; and what became of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from tocsin_contracts.words import Channel

from dispatcher.channels.message import Answer


@dataclass(frozen=True)
class Inbound:
    """One thing that a person sent us.

    ``id`` is the provider's own (a Message-ID, a ``MessageSid``): the same twice counts once.
    ``sender`` is the address as the channel knows it; only its digest is kept. ``delivery_ids`` are
    our deliveries that it names itself (a return path, References, a button's value), the surest
    first. ``thread`` is the provider's thread where it has one (Slack: ``channel/ts``).
    ``pressed`` is set where the reader pressed a key or a button, so that nothing must be read.
    """

    id: str
    channel: Channel
    sender: str = field(repr=False)
    text: str
    at: datetime
    delivery_ids: tuple[str, ...] = ()
    thread: str | None = None
    subject: str | None = None
    attachments: tuple[str, ...] = ()
    pressed: Answer | None = None


@dataclass(frozen=True)
class Confirmed:
    """A client's reader has read it."""


@dataclass(frozen=True)
class StepAnswered:
    """A colleague takes it, or passes it on; escalation decides and tells. ``held_by`` has it."""

    taken: bool
    held_by: str | None = None


@dataclass(frozen=True)
class Over:
    """Nothing is left to take or to pass on: the outage is at its end, or part of another."""


@dataclass(frozen=True)
class Asked:
    """It entered the conversation. ``known``: we know who it is."""

    known: bool


@dataclass(frozen=True)
class Ignored:
    """A repetition, an empty text, or nothing that we could pass on; ``why`` for the log."""

    why: str


Received = Confirmed | StepAnswered | Over | Asked | Ignored


class Replies(Protocol):
    """Passes on what readers send. Never raises for what a message brings about; once it returns,
    the answer is safe (one transaction with its event)."""

    async def receive(self, inbound: Inbound) -> Received: ...
