"""The review as a document, in values: who reads it in which language is decided later."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.incident import FollowUp
from tocsin_contracts.words import ImpactLevel, Promise, PromiseState, Rating, Severity, Status


@dataclass(frozen=True)
class Phase:
    """The outage had this status in this time."""

    status: Status
    starts_at: datetime
    ends_at: datetime


@dataclass(frozen=True)
class Sent:
    """A client was told on these channels; ``at`` is when the first message got there."""

    at: datetime
    kind: str
    channels: tuple[str, ...]
    client: str | None = None
    """By name, in the internal copy alone."""


@dataclass(frozen=True)
class Entry:
    """One moment of the timeline.

    ``what`` is the kind of the message, ``began``, ``over``, or the word of a line that only the
    internal copy has. ``number`` counts those that were told, as the chart marks them. ``text`` is
    a person's words. The other fields are what that message said anew.
    """

    at: datetime
    what: str
    text: str | None = None
    number: int | None = None
    status: Status | None = None
    progress: str | None = None
    eta: datetime | None = None
    workaround: str | None = None
    checks: str | None = None
    wrong: str | None = None
    sent: tuple[Sent, ...] = ()
    actor: str | None = None
    internal: bool = False


@dataclass(frozen=True)
class PromiseLine:
    """``client`` by name and ``reason`` in the internal copy alone."""

    promise: Promise
    due_at: datetime
    state: PromiseState
    done_at: datetime | None
    late_minutes: int | None
    by_holding_notice: bool
    client: str | None = None
    reason: str | None = None


@dataclass(frozen=True)
class Kept:
    """What was promised and kept, counted; ``None`` where nothing was judged."""

    first_within_minutes: int | None
    first_after_minutes: int | None
    updates_promised: int
    updates_kept: int
    latest_by_minutes: int | None


@dataclass(frozen=True)
class Change:
    """One prevention item."""

    what: str
    who: str | None
    due: str | None
    done: bool
    done_at: datetime | None


@dataclass(frozen=True)
class ClientLine:
    """Of the internal copy: one client that was concerned."""

    name: str
    systems: tuple[str, ...]
    because: str
    sent: int
    missed: int


@dataclass(frozen=True)
class MissedLine:
    client: str | None
    person: str
    channel: str
    kind: str
    state: str
    reason: str | None
    at: datetime


@dataclass(frozen=True)
class CallLine:
    """A call of an escalation that was made, left out or cancelled (``what``: the line's word).

    ``steps`` count from 1, as people do. ``by_client``: of the client's own chain.
    """

    at: datetime
    what: str
    clients: tuple[str, ...]
    by_client: bool
    policy: str | None
    steps: tuple[int, ...]
    text: str


@dataclass(frozen=True)
class FeedbackLine:
    client: str
    person: str
    rating: Rating
    text: str | None
    at: datetime


@dataclass(frozen=True)
class Inside:
    """What the internal copy has beyond a client's."""

    title: str
    description: str | None
    noticed_at: datetime
    acknowledged_at: datetime | None
    acknowledged_by: str | None
    clients: tuple[ClientLine, ...]
    missed: tuple[MissedLine, ...]
    calls: tuple[CallLine, ...]
    feedback: tuple[FeedbackLine, ...]


@dataclass(frozen=True)
class Review:
    """``client`` is the reader's name, ``None`` in the internal copy, which alone has ``inside``.

    ``timezone`` and ``locale`` are the reader's. ``systems`` are by the names the reader uses.
    """

    provider: str
    desk_phone: str | None
    client_key: str | None
    client: str | None
    timezone: str
    locale: str
    ref: str
    drill: bool
    systems: tuple[str, ...]
    severity: Severity
    status: Status
    impact: str | None
    impact_level: ImpactLevel | None
    started_at: datetime
    resolved_at: datetime | None
    closed_at: datetime | None
    made_at: datetime
    summary: str | None
    phases: tuple[Phase, ...]
    timeline: tuple[Entry, ...]
    promises: tuple[PromiseLine, ...]
    kept: Kept | None
    root_cause: str | None
    steps_taken: str | None
    extra: str | None
    prevention: str | None
    changes: tuple[Change, ...]
    meeting: FollowUp | None
    revision: int
    inside: Inside | None = None
