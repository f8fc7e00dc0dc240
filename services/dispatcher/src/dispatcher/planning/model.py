"""What planning works on: who is to be told, who was, and the rows that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity

from dispatcher.rendering.notice import Notice, Reader

OPEN = frozenset(
    {
        DeliveryState.PLANNED,
        DeliveryState.WAITING,
        DeliveryState.PENDING,
    }
)
"""States in which nothing has been said to the provider yet, so that a row may be replaced."""


@dataclass(frozen=True)
class Target:
    """One message's destination, or with ``skip`` the reason why there is none.

    ``destination`` is the label of the address; ``roles`` are slugs; ``reader`` says who reads.
    """

    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    destination: str
    because: str
    reader: Reader
    skip: str | None = None


@dataclass(frozen=True)
class Told:
    """Somebody who has, or will have, an earlier message of this incident."""

    client_key: str | None
    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: Channel


@dataclass(frozen=True)
class OpenRow:
    """A row that has not gone out. ``doubtful``: an attempt may have been taken all the same;
    ``approval_id``: it waits for a person's yes."""

    id: str
    message_id: str
    cause_id: str
    client_key: str | None
    kind: Kind
    person: str
    channel: Channel
    destination: str
    doubtful: bool = False
    approval_id: str | None = None


@dataclass(frozen=True)
class Step:
    """The escalation step behind a row: what the gate needs to know that it is still wanted."""

    sequence: int
    trigger: str
    client_keys: tuple[str, ...]
    at: datetime


@dataclass(frozen=True)
class Message:
    """What is said: one client's notice, or one to staff (``client_key`` ``None``)."""

    id: str
    incident_id: str
    client_key: str | None
    cause_id: str
    kind: Kind
    notice: Notice
    traceparent: str | None = None


@dataclass(frozen=True)
class Delivery:
    """One message to one destination, as it is written when it is planned."""

    id: str
    message: Message
    target: Target
    thread: str
    urgency: int
    state: DeliveryState
    reason: str | None = None
    step: Step | None = None
    approval_id: str | None = None
    """The approval without which it does not go."""


@dataclass(frozen=True)
class Superseded:
    """A row that another one replaces, and why."""

    row: OpenRow
    incident_id: str
    state: DeliveryState
    reason: str


def thread_of(incident_id: str, side: str, channel: Channel, destination: str) -> str:
    """The conversation one destination has about one incident; staff never share the clients'."""
    return f"{incident_id}/{side}/{channel.value}/{destination}"


def urgency_of(kind: Kind, severity: Severity) -> int:
    """Which rows go first, 0 before all: staff are called before anybody is informed, then by
    severity."""
    return 0 if kind.for_staff else severity.rank
