"""Suppressions, providers' states, and destinations that wait for their confirmation."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class SuppressionStatus(StrEnum):
    ACTIVE = "active"
    """Nothing is sent there."""
    EXPIRED = "expired"
    LIFTED = "lifted"


@dataclass(frozen=True)
class Suppression:
    """A destination that must not be written to; ``people`` as ``{client_key, person, name}``.

    ``lift_asked_at`` is when somebody asked for its end here; ``lifted_at`` when it ended.
    """

    id: str
    channel: str
    cause: str
    detail: str
    people: tuple[dict[str, Any], ...]
    since: datetime
    expires_at: datetime | None = None
    lifted_at: datetime | None = None
    lifted_by: str | None = None
    lift_asked_at: datetime | None = None
    lift_asked_by: str | None = None

    def status(self, now: datetime) -> SuppressionStatus:
        if self.lifted_at is not None:
            return SuppressionStatus.LIFTED
        if self.expires_at is not None and self.expires_at <= now:
            return SuppressionStatus.EXPIRED
        return SuppressionStatus.ACTIVE


@dataclass(frozen=True)
class ProviderState:
    """What was last said of one provider of a channel."""

    channel: str
    provider: str
    state: str
    reason: str | None
    paused_by: str | None
    at: datetime


class DestinationStatus(StrEnum):
    WAITING = "waiting"
    """Nothing is sent there but the question whether it is wanted."""
    CONFIRMED = "confirmed"
    EXPIRED = "expired"


@dataclass(frozen=True)
class AddedDestination:
    """What a client's own person added; ``address`` is ``None`` once it has expired."""

    id: str
    client_key: str
    person: str
    channel: str
    address: str | None
    added_by: str
    added_at: datetime
    expires_at: datetime
    confirmed_at: datetime | None = None

    def status(self, now: datetime) -> DestinationStatus:
        if self.confirmed_at is not None:
            return DestinationStatus.CONFIRMED
        expired = self.expires_at <= now
        return DestinationStatus.EXPIRED if expired else DestinationStatus.WAITING
