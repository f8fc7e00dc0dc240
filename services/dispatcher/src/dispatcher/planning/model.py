"""What planning works on: who is to be told, who was, and the rows that come of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from tocsin_contracts.envelope import Event
from tocsin_contracts.words import Channel, DeliveryState, Kind, Severity

from dispatcher.gating.model import Limits, Step
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
    ``rules`` are the places of the plan's rules that it serves. ``instead_of`` names, for a
    fallback, the :attr:`place` of each target whose acceptance makes it needless.
    """

    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    destination: str
    because: str
    reader: Reader
    skip: str | None = None
    rules: tuple[int, ...] = ()
    instead_of: tuple[tuple[Channel, str], ...] = ()
    after_minutes: Decimal = Decimal(0)

    @property
    def place(self) -> tuple[Channel, str]:
        return self.channel, self.destination or self.person


@dataclass(frozen=True)
class Told:
    """Somebody who has, or will have, an earlier message of this incident. ``by_fallback``: on this
    channel only since nothing arrived on another; ``by_call``: since the client's own escalation
    called them there."""

    client_key: str | None
    person: str
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    by_fallback: bool = False
    by_call: bool = False


@dataclass(frozen=True)
class OpenRow:
    """A row that has not gone out. ``doubtful``: an attempt may have been taken all the same;
    ``approval_id``: it waits for a person's yes; ``siblings``: the ids of those that a fallback
    stands in for; ``left_alone``: none of these can arrive any more, so that it goes itself."""

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
    siblings: tuple[str, ...] = ()
    left_alone: bool = False


@dataclass(frozen=True)
class StandIn:
    """What makes a row a fallback: it goes if none of ``siblings`` (delivery ids) is accepted
    within ``after_minutes``."""

    siblings: tuple[str, ...]
    after_minutes: Decimal


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


def message_of(notice: Notice, event: Event[Any], client_key: str | None) -> Message:
    """What ``event`` makes us say."""
    return Message(
        id=notice.id,
        incident_id=event.subject,
        client_key=client_key,
        cause_id=event.id,
        kind=notice.kind,
        notice=notice,
        traceparent=event.traceparent,
    )


@dataclass(frozen=True)
class Delivery:
    """One message to one destination, as it is written when it is planned.

    ``due_at``: when it is looked at, by default at once; ``limits``: what may hold it back then.
    ``fallbacks`` are the ids of the rows that stand in for it.
    """

    id: str
    message: Message
    target: Target
    thread: str
    urgency: int
    state: DeliveryState
    reason: str | None = None
    step: Step | None = None
    approval_id: str | None = None
    """The approval without which it does not go; a yes takes it off the row."""
    due_at: datetime | None = None
    limits: Limits | None = None
    stands_in: StandIn | None = None
    fallbacks: tuple[str, ...] = ()
    sealed: str | None = None
    """An address of its own, where it goes to none of the person's: a new one to be confirmed."""
    repeats: str | None = None
    """The delivery whose id it keeps towards its receiver: a webhook sent once more."""


@dataclass(frozen=True)
class Superseded:
    """A row that another one replaces, and why."""

    row: OpenRow
    incident_id: str
    state: DeliveryState
    reason: str


@dataclass(frozen=True)
class Released:
    """A row that waited for a yes and has it."""

    row: OpenRow
    incident_id: str
    reason: str


@dataclass(frozen=True)
class Waits:
    """A row that goes on waiting, for another reason."""

    row: OpenRow
    incident_id: str
    reason: str


ONCE_MORE = "a person asked to reach"
"""How the reason of what is sent again by hand begins: it says nothing of who hears on, either."""
ASIDE = frozenset({Kind.AUTO_ANSWER, Kind.ANSWERED, Kind.CONFIRM_DESTINATION, Kind.TEST})
"""What one person is told beside the incident's course: it says nothing of who hears on."""
AFTER_THE_END = frozenset({Kind.CLOSURE, Kind.REVIEW, Kind.FEEDBACK_REQUEST})
"""Kinds that do not overtake what waits for a yes: they say all that nobody has agreed to yet."""


def thread_of(incident_id: str, side: str, channel: Channel, destination: str) -> str:
    """The conversation one destination has about one incident; staff never share the clients'."""
    return f"{incident_id}/{side}/{channel.value}/{destination}"


def urgency_of(kind: Kind, severity: Severity) -> int:
    """Which rows go first, 0 before all: staff are called before anybody is informed, then by
    severity."""
    return 0 if kind.for_staff else severity.rank
