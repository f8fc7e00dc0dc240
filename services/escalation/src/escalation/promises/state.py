"""One promise to one client, and what is known of the messages that may keep it. Times are UTC."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import IntEnum
from typing import TypeAlias

from tocsin_contracts.words import Channel, DeliveryState, Kind, Promise, PromiseState

Key: TypeAlias = tuple[str, Promise, datetime, int]

WORDS = frozenset({Promise.FIRST_NOTICE, Promise.UPDATE})
"""What any message to the client keeps; a closing note is another thing."""

TELLING = frozenset(
    {
        Kind.INITIAL,
        Kind.HOLDING_NOTICE,
        Kind.UPDATE,
        Kind.NO_NEWS,
        Kind.ETA_CHANGE,
        Kind.WORKAROUND,
        Kind.RESOLVED,
        Kind.REOPENED,
        Kind.CLOSURE,
    }
)
"""The kinds that are the promised word; a correction repairs one and is none itself."""


class Stage(IntEnum):
    """Who was nudged so far to write the word."""

    NOBODY = 0
    NOC_BEFORE = 1
    NOC_AFTER = 2
    TEAM = 3


@dataclass(frozen=True)
class Cadence:
    """``always``: no service hours move what it promises."""

    every: timedelta
    always: bool = True


@dataclass(frozen=True)
class Pledge:
    """A word promised to one client by ``due_at``.

    ``made_by`` is the sequence of the event that made it at ``made_at``. ``causes`` are the events
    whose messages tell it: the first told it, later ones may have carried it on; none: nothing was
    written yet. ``contact_at``: a person rang the client. ``spoken_at`` is the last word before it.
    ``ended`` says why it is not owed any more and counts nowhere, ``given_up`` that nothing can
    keep it now. ``current``: no newer promise of its kind was made.
    """

    client_key: str
    promise: Promise
    due_at: datetime
    made_at: datetime
    made_by: int
    cadence: Cadence | None = None
    drill: bool = False
    current: bool = True
    state: PromiseState = PromiseState.PENDING
    causes: tuple[str, ...] = ()
    told_at: datetime | None = None
    spoken_at: datetime | None = None
    contact_at: datetime | None = None
    done_at: datetime | None = None
    by_holding_notice: bool = False
    reason: str | None = None
    ended: str | None = None
    given_up: bool = False
    stage: Stage = Stage.NOBODY
    thread: str | None = None

    @property
    def key(self) -> Key:
        return self.client_key, self.promise, self.due_at, self.made_by

    @property
    def live(self) -> bool:
        """Whether anything may still change: not kept, not done late, still owed."""
        return self.done_at is None and self.ended is None and not self.given_up

    @property
    def unwritten(self) -> bool:
        return self.live and not self.causes

    def over(self, why: str) -> Pledge:
        """Not owed any more. A broken promise stays broken."""
        if self.state is PromiseState.BREACHED:
            return replace(self, given_up=True)
        return replace(self, ended=why)


@dataclass(frozen=True)
class Row:
    """One message to one destination. ``rules`` are the places of the notify rules it serves;
    ``held`` is why it had to wait, if it ever did."""

    delivery_id: str
    cause_id: str
    client_key: str
    kind: Kind
    rules: tuple[int, ...]
    person: str
    channel: Channel
    state: DeliveryState
    reason: str | None = None
    held: str | None = None
    accepted_at: datetime | None = None


@dataclass(frozen=True)
class Change:
    """A promise before and after one look; ``before`` ``None``: it was made by it."""

    before: Pledge | None
    after: Pledge

    @property
    def became(self) -> PromiseState | None:
        """The state that is news: another one, or a broken promise that was done late by now."""
        earlier = self.before.state if self.before else PromiseState.PENDING
        late_word = self.after.done_at is not None and self.after.state is PromiseState.BREACHED
        done_since = late_word and (self.before is None or self.before.done_at is None)
        return self.after.state if earlier is not self.after.state or done_since else None
