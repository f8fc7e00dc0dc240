"""Everything a decision about one incident needs, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import EscalationEvent
from tocsin_runtime import timers
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.timers import Timer

from escalation.incidents import store as incidents
from escalation.incidents.rules import Incident
from escalation.people import store as people
from escalation.people.roster import Roster
from escalation.policies import store as escalations
from escalation.policies.events import Scene
from escalation.policies.rules import next_moment
from escalation.policies.state import Chain

SOURCE = "escalation"
STEPS = "steps"
"""The timer of an incident's next call, take's end or exhaustion, whichever comes first."""

REVISION = "revision"
"""The timer that lets an incident's waiting clients in, once their revision is here."""


@dataclass
class Case:
    """``chains`` by client; replace one through :meth:`put`, tell of it through :meth:`tell`."""

    incident: Incident
    chains: dict[str, Chain]
    roster: Roster
    now: datetime
    cause: Event[EventData] | None = None
    changed: dict[str, Chain] = field(default_factory=dict)
    told: list[EscalationEvent] = field(default_factory=list)

    @property
    def scene(self) -> Scene:
        return Scene(self.incident.snapshot, self.incident.facts, self.roster, self.now)

    @property
    def active(self) -> list[Chain]:
        return [chain for chain in self.chains.values() if chain.active]

    def put(self, chains: Iterable[Chain]) -> None:
        for chain in chains:
            self.chains[chain.client_key] = self.changed[chain.client_key] = chain

    def tell(self, events: Iterable[EscalationEvent]) -> None:
        self.told.extend(events)

    def next_moment(self) -> datetime | None:
        moments = [next_moment(chain, self.incident.facts) for chain in self.chains.values()]
        return min((moment for moment in moments if moment is not None), default=None)


class Cases:
    """Opens and closes cases. The subject's lock is the caller's."""

    def __init__(self, database: Database, outbox: Outbox) -> None:
        self._database = database
        self._outbox = outbox
        self._wake: Callable[[], None] = lambda: None
        self._quiet = False

    def quiet(self) -> None:
        """Change state and tell nobody, as a rebuild does."""
        self._quiet = True

    def on_armed(self, wake: Callable[[], None]) -> None:
        """Name the timer loop's ``wake``; set by whoever builds both."""
        self._wake = wake

    async def open(
        self, conn: Connection, incident: Incident, now: datetime, cause: Event[EventData] | None
    ) -> Case:
        chains = await escalations.chains(conn, incident.id)
        keys = {*chains, *(client.client_key for client in incident.audience)}
        return Case(incident, chains, await people.roster(conn, keys), now, cause)

    async def close(self, conn: Connection, case: Case) -> None:
        """Write what changed, publish what is told, and arm the next moment."""
        await escalations.save(conn, case.incident.id, list(case.changed.values()))
        if not self._quiet:
            await self._outbox.add(conn, _wrapped(case))
        await self._schedule(conn, case.incident.id, case.next_moment())

    async def let_in(self, conn: Connection, incident_ids: Sequence[str], now: datetime) -> None:
        """Take these incidents up soon, for clients that need not wait any more."""
        await timers.arm(conn, [Timer(REVISION, one, one, now) for one in incident_ids])
        self._database.after_commit(conn, self._wake)

    async def _schedule(self, conn: Connection, incident_id: str, at: datetime | None) -> None:
        if at is None:
            await timers.cancel(conn, subject=incident_id, kind=STEPS)
            return
        await timers.arm(conn, [Timer(STEPS, incident_id, incident_id, at)])
        self._database.after_commit(conn, self._wake)


async def known(conn: Connection, incident_id: str) -> Incident | None:
    return await incidents.load(conn, incident_id)


def _wrapped(case: Case) -> list[Event[EventData]]:
    """Escalation events carry the position of the state they were decided on."""
    return [
        new_event(
            data,
            source=SOURCE,
            subject=case.incident.id,
            now=case.now,
            sequence=case.incident.sequence,
            epoch=case.incident.epoch,
            caused_by=case.cause,
        )
        for data in case.told
    ]
