"""What the gate sees of a row, and what it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from pydantic import BaseModel, ConfigDict
from tocsin_contracts.directory import Cap, QuietHours
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, DeliveryState, Kind


@dataclass(frozen=True)
class Send:
    """Nothing stands against it."""


@dataclass(frozen=True)
class Wait:
    """Not before ``until``; then it is asked again. ``asks``: a person is to hear of it."""

    until: datetime
    why: str
    asks: bool = False


@dataclass(frozen=True)
class Fold:
    """It goes as a part of one digest, with the others that wait for the same destination."""

    why: str


@dataclass(frozen=True)
class Skip:
    """It is not sent, now or later."""

    why: str


Verdict = Send | Wait | Fold | Skip


@dataclass(frozen=True)
class Step:
    """The escalation step behind a row: what the gate needs to know that it is still wanted.

    ``word_due`` is set where it reminds of a word promised by that moment. ``numbers`` are by
    client the steps of its policy, ``chain`` says whose people they call; ``forced``: an operator
    brought it forward, and no pause holds it.
    """

    sequence: int
    trigger: str
    client_keys: tuple[str, ...]
    at: datetime
    word_due: datetime | None = None
    chain: ChainKind = ChainKind.ACCOUNT
    numbers: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    forced: bool = False


@dataclass(frozen=True)
class Course:
    """What became of one client's escalation, beside who took it.

    ``called_at``: when it last called somebody; ``paused_at`` while it is paused. Since ``held_at``
    no step from ``held_from`` on calls by itself. ``cancelled`` says by step when it fell away.
    """

    called_at: datetime | None = None
    confirmed_at: datetime | None = None
    paused_at: datetime | None = None
    held_from: int | None = None
    held_at: datetime | None = None
    cancelled: Mapping[int, datetime] = field(default_factory=dict)


Courses = Mapping[tuple[str, ChainKind], Course]
"""By client and chain."""


@dataclass(frozen=True)
class Knowledge:
    """What is known of the incident by now. Sequences are 0 where there was no such thing.

    ``parent`` is the reference of the incident that speaks for it. ``settled`` is the last resolve,
    closure or cancellation; ``takes`` when each client was taken, ``words_due`` by when each is
    promised its next word, ``courses`` what else became of each chain.
    """

    parent: str | None = None
    settled: int = 0
    acknowledged: int = 0
    takes: Mapping[str, datetime] = field(default_factory=dict)
    words_due: Mapping[str, datetime | None] = field(default_factory=dict)
    courses: Courses = field(default_factory=dict)

    def course(self, client_key: str, chain: ChainKind) -> Course:
        return self.courses.get((client_key, chain), Course())


class Limits(BaseModel):
    """What may hold a client's row back; a row without limits never waits for any of it.

    Frozen with the row when it is planned, by the client's own plan: a plan that changes at night
    does not let go what waits for the morning. ``zone`` and ``whose`` are the reader's, ``latest``
    is the last moment before a promise that the cap and the grouping leave alone. ``alone``: the
    client's words need a person's yes, and a digest would say what has none. ``budget`` is what the
    client (``client``, its everyday name) may cause in an hour on ``channel``.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    zone: str = "UTC"
    whose: str = ""
    quiet_hours: QuietHours | None = None
    cap: Cap | None = None
    group_minutes: Decimal = Decimal(0)
    latest: datetime | None = None
    alone: bool = False
    budget: int | None = None
    channel: Channel | None = None
    client: str = ""


@dataclass(frozen=True)
class Approval:
    """A person's yes that is not there yet. ``why`` is the whole sentence, ``until`` its end."""

    why: str
    until: datetime


@dataclass(frozen=True)
class Sibling:
    """A row whose acceptance makes a fallback needless. ``due_at`` counts while it waits."""

    channel: Channel
    state: DeliveryState
    due_at: datetime


@dataclass(frozen=True)
class Fallback:
    """A row that goes only if none of ``siblings`` is accepted by ``deadline``.

    ``after_minutes``: how long they are given once they may go.
    """

    siblings: tuple[Sibling, ...]
    deadline: datetime
    after_minutes: Decimal


@dataclass(frozen=True)
class Lately:
    """What one destination got, of rows with limits. ``sent``: the newest first, as many as the cap
    counts; ``led_at``: the last first word of another incident; ``waiting``: how many rows of other
    incidents wait there that a digest could tell, and ``first_words`` of them. ``spent``: when what
    its client has a budget for went last, the newest first; ``under_way``: how much of it just now.
    """

    sent: tuple[datetime, ...] = ()
    led_at: datetime | None = None
    waiting: int = 0
    first_words: int = 0
    spent: tuple[datetime, ...] = ()
    under_way: int = 0


@dataclass(frozen=True)
class Gated:
    """A row as the gate sees it. ``step`` is set for a call to staff.

    ``approval`` is the yes it needs and has not got. ``waited``: it was held back before;
    ``tried``: it was let go before, and its provider asked.
    """

    kind: Kind = Kind.UPDATE
    step: Step | None = None
    knowledge: Knowledge = Knowledge()
    suppressed: str | None = None
    approval: Approval | None = None
    fallback: Fallback | None = None
    limits: Limits | None = None
    lately: Lately = Lately()
    drill: bool = False
    waited: bool = False
    tried: bool = False
