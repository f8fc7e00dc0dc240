"""Everything a decision about one incident needs, and what came of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import EscalationEvent
from tocsin_contracts.incident import AudienceClient

from escalation.concerns.rules import Asked, Unreached, out_of_reach, unanswered
from escalation.incidents.rules import Incident, Watched
from escalation.people.directory import Directory
from escalation.people.roster import Roster
from escalation.policies.confirming import Confirmation
from escalation.policies.rules import next_moment
from escalation.policies.scene import Scene
from escalation.policies.state import Call, Chain, ChainKey
from escalation.promises.owing import owed, words_due
from escalation.promises.state import Change, Key, Pledge, Row
from escalation.promises.timing import next_moment as next_promised
from escalation.triggers.facts import Facts

_BESIDE_CALLS = tuple(one.name for one in fields(Chain) if one.name != "calls")


@dataclass(frozen=True)
class Wait:
    """A client that waits for its directory revision, and from when its steps count."""

    client_key: str
    revision: int
    since: datetime


@dataclass
class Case:
    """``chains`` by client and kind; replace one through :meth:`put`, tell through :meth:`tell`.

    ``pledges`` are the promises whose end is open, and the newest of each kind; replace them
    through :meth:`promise`. ``proof`` is by client what is known of the messages that may keep an
    open promise, ``broken`` what a call that was noted afterwards may have kept, ``waiting`` who
    waits for the directory and since when, ``confirmations`` the newest of each client. Nothing
    here touches the database: what came of a decision is in ``changed``, ``made``, ``waits``,
    ``let_go``, ``told`` and the promises.
    """

    incident: Incident
    chains: dict[ChainKey, Chain]
    roster: Roster
    now: datetime
    cause: Event[EventData] | None = None
    chains_before: Mapping[ChainKey, Chain] = field(default_factory=dict)
    directory: Directory = field(default_factory=Directory)
    waiting: Mapping[str, datetime] = field(default_factory=dict)
    proof: Mapping[str, Sequence[Row]] = field(default_factory=dict)
    broken: Sequence[Pledge] = ()
    confirmations: Mapping[str, Confirmation] = field(default_factory=dict)
    changed: dict[ChainKey, Chain] = field(default_factory=dict)
    made: list[tuple[Chain, Call]] = field(default_factory=list)
    waits: list[Wait] = field(default_factory=list)
    let_go: list[str] = field(default_factory=list)
    told: list[EscalationEvent] = field(default_factory=list)
    pledges: dict[Key, Pledge] = field(default_factory=dict)
    promised_before: dict[Key, Pledge] = field(default_factory=dict)
    questions: list[Asked] = field(default_factory=list)
    unreachable: list[Unreached] = field(default_factory=list)
    _facts: Facts | None = field(default=None, init=False, repr=False)

    @property
    def facts(self) -> Facts:
        """Looked at often; they change with the promises alone."""
        if self._facts is None:
            self._facts = self._gathered()
        return self._facts

    def _gathered(self) -> Facts:
        """The promises that steps watch are the very ones that are clocked here."""
        pledges = self.pledges.values()
        clients = {client.client_key for client in self.incident.audience}
        clients.update(client_key for client_key, _ in self.chains)
        return self.incident.facts(
            Watched(
                words_due=words_due(pledges),
                owed=owed(pledges),
                questions=unanswered(self.questions),
                out_of_reach=out_of_reach(self.unreachable),
                tags={key: self.roster.tags(key) for key in clients},
            )
        )

    @property
    def scene(self) -> Scene:
        return Scene(self.incident.snapshot, self.facts, self.roster, self.now)

    @property
    def active(self) -> list[Chain]:
        return [chain for chain in self.chains.values() if chain.active]

    def still_waits(self, client_key: str) -> bool:
        """For the directory, as things stand in this look."""
        waits = {*self.waiting, *(one.client_key for one in self.waits)}
        return client_key in waits.difference(self.let_go)

    def put(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            self.chains[chain.key] = self.changed[chain.key] = chain

    def chain_changes(self) -> list[Chain]:
        """Those of which something else than a call has changed."""
        return [chain for chain in self.changed.values() if self._has_changed(chain)]

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
        changed = {one.key: one for one in pledges if one is not self.pledges.get(one.key)}
        if changed:
            self.pledges.update(changed)
            self._facts = None

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

    def _has_changed(self, chain: Chain) -> bool:
        before = self.chains_before.get(chain.key)
        if before is None or before.state is not chain.state:
            return True
        pairs = ((getattr(before, name), getattr(chain, name)) for name in _BESIDE_CALLS)
        return any(was is not now and was != now for was, now in pairs)
