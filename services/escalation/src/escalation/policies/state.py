"""What a decision about an escalation looks at. All times are aware UTC."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from tocsin_contracts.events import Called
from tocsin_contracts.policies import ChainKind, EscalationPolicy
from tocsin_contracts.words import Channel, EscalationState

from escalation.triggers.rule import Leaf

ChainKey: TypeAlias = tuple[str, ChainKind]


class CallOutcome(StrEnum):
    CALLED = "called"
    """People were called."""
    SKIPPED = "skipped"
    """Nobody could be called; the rest of the step is left out too."""
    OUTSIDE_HOURS = "outside_hours"
    """This call was left out, its repeats are not."""
    STALE = "stale"
    """It was due so long ago that calling now would only mislead."""


@dataclass(frozen=True)
class Call:
    """One call of a step; ``number`` is 0 for the first and counts the repeats.

    ``occurrence`` tells apart what one step answers again and again: the promise (its due moment)
    that was missed, the question or the person. It is empty for a trigger that comes true once.
    ``turns`` is how many channels take turns in one round of the step, 1 where all go at once.
    """

    step: int
    number: int
    occurrence: str
    due_at: datetime
    at: datetime
    outcome: CallOutcome
    people: tuple[Called, ...] = ()
    channels: tuple[Channel, ...] = ()
    turns: int = 1


@dataclass(frozen=True)
class Take:
    """Somebody has it. ``at`` is the moment of the answer.

    ``given_back_to``: up to then ``expires_at`` was moved by what a pause has taken.
    """

    person: str
    name: str
    at: datetime
    expires_at: datetime
    given_back_to: datetime | None = None


@dataclass(frozen=True)
class Pause:
    """An operator holds every call from ``at``, until ``until`` or until somebody resumes."""

    by: str
    reason: str
    at: datetime
    until: datetime | None = None


@dataclass(frozen=True)
class Forced:
    """An operator has ``step`` called at ``at``, deserved or not, taken, paused or not."""

    step: int
    by: str
    reason: str
    at: datetime


@dataclass(frozen=True)
class Waiting:
    """A step that has still to call for an occurrence that is true from ``since`` on."""

    step: int
    occurrence: str
    since: datetime


@dataclass(frozen=True)
class Confirm:
    """Somebody at the client has it: the end of the client's own chain."""

    person: str
    name: str
    at: datetime


@dataclass(frozen=True)
class Chain:
    """The escalation of one client in one incident, on the policy frozen at its start.

    ``round`` counts reopenings; ``calls`` and ``declined`` (names by person key) are of the present
    round. ``brought_forward`` holds the moment to which a step's first call was moved, and
    ``released_at`` that at which the last take, or an operator's hold, ended without result.
    ``asked`` are people called by a colleague who handed over, not by a step. ``policy_revision``
    is the directory revision in which the policy was last changed. ``waiting`` are the steps that
    had still to call as the chain was last looked at. ``resumed_at`` is the end of the last pause.
    No step from ``held_from`` on calls by itself. ``forced`` is empty again once it was called.
    """

    client_key: str
    policy: EscalationPolicy
    started_at: datetime
    kind: ChainKind = ChainKind.ACCOUNT
    policy_revision: int | None = None
    round: int = 1
    active: bool = True
    calls: tuple[Call, ...] = ()
    declined: Mapping[str, str] = field(default_factory=dict)
    brought_forward: Mapping[int, datetime] = field(default_factory=dict)
    asked: tuple[Called, ...] = ()
    take: Take | None = None
    released_at: datetime | None = None
    waiting: tuple[Waiting, ...] = ()
    exhausted_at: datetime | None = None
    paused: Pause | None = None
    resumed_at: datetime | None = None
    held_from: int | None = None
    forced: Forced | None = None
    confirmed: Confirm | None = None

    @property
    def key(self) -> ChainKey:
        return self.client_key, self.kind

    @property
    def called(self) -> tuple[Called, ...]:
        """Everyone called in this round, each person once, in the order of their first call."""
        everyone = [person for call in self.calls for person in call.people]
        return tuple({p.person: p for p in reversed([*everyone, *self.asked])}.values())[::-1]

    @property
    def state(self) -> EscalationState:
        if self.confirmed is not None:
            return EscalationState.TAKEN
        if not self.active:
            return EscalationState.STOPPED
        if self.take is not None:
            return EscalationState.TAKEN
        if self.exhausted_at is not None:
            return EscalationState.EXHAUSTED
        return EscalationState.NOTIFIED if self.called else EscalationState.ARMED


@dataclass(frozen=True)
class Fired:
    """A call that goes out now, because of ``leaves``.

    ``channels`` are by person key those used for them. ``unavailable`` are clauses on who could not
    be called before, ``after_pause``: it was due while an operator held all calls. ``forced``: an
    operator brought it forward.
    """

    chain: Chain
    call: Call
    leaves: tuple[Leaf, ...] = ()
    channels: Mapping[str, tuple[Channel, ...]] = field(default_factory=dict)
    unavailable: tuple[str, ...] = ()
    after_pause: bool = False
    forced: Forced | None = None


@dataclass(frozen=True)
class Skipped:
    """``reason`` is a sentence, ``unavailable`` says in clauses who could not be called."""

    chain: Chain
    call: Call
    reason: str
    unavailable: tuple[str, ...] = ()


@dataclass(frozen=True)
class Turn:
    """What one look at one chain decided, in the order in which it came about."""

    chain: Chain
    fired: Sequence[Fired] = ()
    skipped: Sequence[Skipped] = ()
    expired: Take | None = None
    exhausted: bool = False
    resumed: bool = False
    """A pause's time is over."""

    @property
    def calls(self) -> list[Call]:
        return [one.call for one in self.fired] + [one.call for one in self.skipped]
