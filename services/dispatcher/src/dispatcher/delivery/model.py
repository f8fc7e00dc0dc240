"""A claimed row, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Addresses
from tocsin_contracts.words import Channel, DeliveryState, Kind

from dispatcher.delivery.retry import Next
from dispatcher.gating.model import Gated
from dispatcher.rendering.notice import Reader


@dataclass(frozen=True)
class Claimed:
    """A row this process holds the lease of.

    ``attempt`` counts this attempt, from 1; ``doubts`` the earlier ones that may have been taken.
    ``addresses`` are the person's of now; ``root_id`` and ``subject`` the thread's, if it began;
    ``traceparent`` the event's behind it; ``said`` the reason that stands there;
    ``fallbacks`` the rows that stand in for it.
    """

    id: str
    message_id: str
    incident_id: str
    cause_id: str
    client_key: str | None
    kind: Kind
    person: str
    channel: Channel
    destination: str
    thread: str
    reader: Reader
    attempt: int
    doubts: int
    planned_at: datetime
    addresses: Addresses | None
    root_id: str | None
    subject: str | None
    gated: Gated
    traceparent: str | None = None
    said: str | None = None
    fallbacks: tuple[str, ...] = ()
    repeats: str | None = None

    @property
    def key(self) -> str:
        """The id that its receiver may know it by."""
        return self.repeats or self.id


@dataclass(frozen=True)
class Result:
    """``tried``: the provider was asked, so that the attempt counts. ``thread`` may differ from the
    row's where the address changed; ``root_id`` begins it."""

    row: Claimed
    next: Next
    at: datetime
    tried: bool
    thread: str
    root_id: str | None = None
    subject: str | None = None

    @property
    def destination(self) -> str:
        """The digest of the address that it went to."""
        return self.thread.rpartition("/")[2]

    @property
    def attempt(self) -> int:
        return self.row.attempt if self.tried else self.row.attempt - 1

    @property
    def worth_telling(self) -> bool:
        """The first retry is news, the next ones only repeat it; so with what a row waits for."""
        if self.next.state is DeliveryState.WAITING:
            return self.next.reason != self.row.said
        return self.next.state is not DeliveryState.PENDING or (self.tried and self.attempt == 1)
