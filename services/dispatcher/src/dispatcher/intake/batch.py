"""One batch of events in memory: what they need is loaded in few statements, written in few."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity
from tocsin_runtime import parking, timers
from tocsin_runtime.database import Connection

from dispatcher.directory import store as directory
from dispatcher.directory.view import View
from dispatcher.intake import store
from dispatcher.intake.known import Known
from dispatcher.planning import store as rows
from dispatcher.planning.announce import announcements
from dispatcher.planning.clients import Terms
from dispatcher.planning.ledger import Ledger

QUEUE = "directory"
"""What is parked until the directory's copy has a revision; the lane is a client's key."""

STAFF_LANE = "-staff-"
"""The lane of calls to staff; no client can have this key."""

WAITING = "client_waiting"
"""The timer that asks whether a client still waits."""


@dataclass(frozen=True)
class Parked:
    lane: str
    until: int
    event: Event[EventData]


@dataclass
class Batch:
    """``lanes`` holds, by incident, the lanes in which something waits already; ``changed`` the
    incidents whose copy is to be written."""

    terms: Terms
    view: View
    known: dict[str, Known]
    ledger: Ledger
    lanes: dict[str, set[str]]
    takes: dict[str, dict[str, datetime]] = field(default_factory=dict)
    events: dict[str, Event[EventData]] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    reminders: dict[tuple[str, str], int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    severities: dict[str, Severity] = field(default_factory=dict)
    """What each incident had before the batch."""

    def calmer(self, incident_id: str) -> bool:
        """Whether it was neither critical nor major before."""
        before = self.severities.get(incident_id)
        return before is not None and not before.at_least(Severity.SEV2)

    def waits(self, incident_id: str, lane: str) -> bool:
        return lane in self.lanes.get(incident_id, ())

    def park(self, event: Event[EventData], lane: str, until: int) -> None:
        if not self.waits(event.subject, lane):
            self.reminders[event.subject, lane] = until
        self.lanes.setdefault(event.subject, set()).add(lane)
        self.parked.append(Parked(lane, until, event))

    def unpark(self, incident_id: str, lane: str) -> list[Event[EventData]]:
        """Take back what this very batch parked in a lane, which is free from now on."""
        mine = [p for p in self.parked if (p.event.subject, p.lane) == (incident_id, lane)]
        self.parked = [p for p in self.parked if p not in mine]
        self.lanes.get(incident_id, set()).discard(lane)
        return [p.event for p in mine]


async def load(
    conn: Connection, events: Sequence[Event[EventData]], terms: Terms, lanes: dict[str, set[str]]
) -> Batch:
    """What ``events`` need, whose subjects are locked already."""
    known = await store.load_known(conn, {event.subject for event in events})
    concerned = _concerned(events, known.values())
    view = await directory.load(
        conn,
        clients={client.client_key for client in concerned} | _named_clients(events),
        systems=_systems(events, concerned),
        plans={
            key for client in concerned for key in (client.plan_key, client.own_plan_key) if key
        },
    )
    return Batch(
        terms=terms,
        view=view,
        known=known,
        ledger=await store.load_ledger(conn, _with_history(events, known)),
        lanes=lanes,
        severities={key: one.snapshot.severity for key, one in known.items()},
        events={event.id: event for event in events},
    )


async def write(conn: Connection, batch: Batch, client_wait: timedelta) -> list[Event[EventData]]:
    """Write what the batch decided; the events to publish about it."""
    now = batch.terms.now
    ledger = batch.ledger
    if batch.changed:
        await store.save_known(conn, {key: batch.known[key] for key in batch.changed})
    if ledger.deliveries:
        await rows.insert(conn, list(ledger.messages.values()), ledger.new_rows(), now)
    if raised := _raised(batch):
        await rows.hasten(conn, raised, now)
    if older := ledger.replaced_in_database():
        await rows.supersede(conn, older)
    for parked in batch.parked:
        await parking.park(
            conn, queue=QUEUE, lane=parked.lane, until=parked.until, event=parked.event, now=now
        )
    if batch.reminders:
        await timers.arm(conn, _reminders(batch, now + client_wait))
    return announcements(ledger, batch.events, now)


def _raised(batch: Batch) -> list[str]:
    """Incidents that are critical or major by now, and were not when some of their rows were
    planned."""
    limited = {row.message.incident_id for row in batch.ledger.deliveries.values() if row.limits}
    return [
        incident_id
        for incident_id in sorted(batch.changed)
        if batch.known[incident_id].snapshot.severity.at_least(Severity.SEV2)
        and (batch.calmer(incident_id) or incident_id in limited)
    ]


def _reminders(batch: Batch, due_at: datetime) -> list[timers.Timer]:
    return [
        timers.Timer(
            kind=WAITING,
            key=f"{incident_id}/{lane}",
            subject=incident_id,
            due_at=due_at,
            payload={"lane": lane, "needs_revision": until},
        )
        for (incident_id, lane), until in batch.reminders.items()
    ]


def _concerned(events: Sequence[Event[EventData]], known: Iterable[Known]) -> list[AudienceClient]:
    """Every client that the events or the known audiences of their incidents speak of."""
    audiences = [getattr(event.data, "audience", None) for event in events]
    audiences.extend(one.audience for one in known)
    return [client for audience in audiences if audience for client in audience.clients]


def _named_clients(events: Sequence[Event[EventData]]) -> set[str]:
    named: set[str] = set()
    for event in events:
        if isinstance(event.data, e.EscalationEvent):
            named.update(event.data.client_keys)
        if isinstance(event.data, e.PromiseEvent):
            named.update(also.client_key for also in event.data.together)
    return named


def _systems(events: Sequence[Event[EventData]], concerned: Sequence[AudienceClient]) -> set[str]:
    keys = {key for client in concerned for key in (*client.systems, *client.via)}
    for event in events:
        if isinstance(event.data, e.IncidentEvent | e.EscalationEvent):
            keys.update(event.data.incident.system_keys)
    return keys


def _with_history(events: Sequence[Event[EventData]], known: dict[str, Known]) -> set[str]:
    """Incidents that may have rows; one that just opened has none, and is spared four reads."""
    return {
        event.subject
        for event in events
        if event.subject in known or not isinstance(event.data, e.IncidentEvent)
    }
