"""Everything a decision about one incident needs, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import EscalationEvent
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Promise

from escalation.concerns.rules import Asked, Unreached, out_of_reach, unanswered
from escalation.incidents.rules import Incident
from escalation.people.directory import Directory
from escalation.people.roster import Roster
from escalation.policies.events import Scene
from escalation.policies.rules import next_moment
from escalation.policies.state import Call, Chain, Facts
from escalation.promises.state import Change, Key, Pledge, Row
from escalation.promises.timing import next_moment as next_promised


@dataclass(frozen=True)
class Wait:
    """A client that waits for its directory revision, and from when its steps count."""

    client_key: str
    revision: int
    since: datetime


@dataclass
class Case:
    """``chains`` by client; replace one through :meth:`put`, tell of it through :meth:`tell`.

    ``pledges`` are the promises whose end is open, and the newest of each kind; replace them
    through :meth:`promise`. ``proof`` is by client what is known of the messages that may keep an
    open promise, ``broken`` what a call that was noted afterwards may have kept, ``waiting`` who
    waits for the directory and since when. Nothing here touches the database: what came of a
    decision is in ``changed``, ``made``, ``waits``, ``let_go``, ``told`` and the promises.
    """

    incident: Incident
    chains: dict[str, Chain]
    roster: Roster
    now: datetime
    cause: Event[EventData] | None = None
    directory: Directory = field(default_factory=Directory)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    proof: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    broken: Sequence[Pledge] = ()
    changed: dict[str, Chain] = field(default_factory=dict)
    made: list[tuple[Chain, Call]] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    told: list[EscalationEvent] = field(default_factory=list)
    pledges: dict[Key, Pledge] = field(default_factory=dict)
    promised_before: dict[Key, Pledge] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)
    unreachable: list[Unreached] = field(default_factory=list)

    @property
    def facts(self) -> Facts:
        """The promises that steps watch are the very ones that are clocked here."""
        return self.incident.facts(
            {
                pledge.client_key: pledge.due_at
                for pledge in self.pledges.values()
                if pledge.promise is Promise.UPDATE and pledge.unwritten
            },
            unanswered(self.questions),
            out_of_reach(self.unreachable),
        )

    @property
    def scene(self) -> Scene:
        return Scene(self.incident.snapshot, self.facts, self.roster, self.now)

    @property
    def active(self) -> list[Chain]:
        return [chain for chain in self.chains.values() if chain.active]

    def put(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            self.chains[chain.client_key] = self.changed[chain.client_key] = chain

    def call(self, made: Iterable[tuple[Chain, Call]]) -> None:
        """Calls made in this look; the chain already holds them."""
        self.made.extend(made)

    def wait(self, client: AudienceClient, since: datetime) -> None:
        self.waits.append(Wait(client.client_key, client.client_revision, since))

    def wait_no_more(self, client_keys: Collection[str]) -> None:
        self.let_go.extend(client_keys)

    def tell(self, events: Iterable[EscalationEvent]) -> None:
        self.told.extend(events)

    def promise(self, pledges: Iterable[Pledge]) -> None:
        self.pledges.update([(pledge.key, pledge) for pledge in pledges])

    def promise_changes(self) -> list[Change]:
        before = self.promised_before
        return [
            Change(before.get(key), pledge)
            for key, pledge in self.pledges.items()
            if before.get(key) != pledge
        ]

    def next_moment(self) -> datetime | None:
        facts = self.facts
        calls = [next_moment(chain, facts) for chain in self.chains.values()]
        moments = [*calls, *(next_promised(pledge) for pledge in self.pledges.values())]
        return min((moment for moment in moments if moment is not None), default=None)
