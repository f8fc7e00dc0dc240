"""One batch of events in memory: what they need is loaded in few statements, written in few."""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, DeliveryState, Severity
from tocsin_runtime import parking, timers
from tocsin_runtime.database import Connection

from dispatcher.approvals.asking import Desk
from dispatcher.approvals.deciding import settle
from dispatcher.approvals.model import Approvals
from dispatcher.directory import store as directory
from dispatcher.directory.addresses import Seal
from dispatcher.directory.view import View
from dispatcher.gating.model import Courses
from dispatcher.intake import approvals, closed, originals, reached, store, windows
from dispatcher.intake.known import Known
from dispatcher.intake.lanes import QUEUE, WAITING, Parked
from dispatcher.intake.windows import KnownWindow
from dispatcher.planning import store as rows
from dispatcher.planning.announce import (
    Cause,
    announcements,
    outcome_of,
    outcomes_recorded,
)
from dispatcher.planning.clients import Terms
from dispatcher.planning.feedback import BACK_AGAIN
from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Told
from dispatcher.planning.resends import Original
from dispatcher.rendering.render import Renderer


@dataclass
class Batch:
    """``lanes`` holds, by incident, the lanes in which something waits already; ``changed`` the
    incidents whose copy is to be written.

    ``got`` says, by incident and event, whom a message reached that is being corrected.
    ``followed`` are incidents that a newer one continues, ``continued`` those of which this batch
    hears so.
    """

    terms: Terms
    view: View
    known: dict[str, Known]
    ledger: Ledger
    lanes: dict[str, set[str]]
    takes: dict[str, dict[str, datetime]] = field(default_factory=dict)
    courses: dict[str, Courses] = field(default_factory=dict)
    events: dict[str, Event[EventData]] = field(default_factory=dict)
    parked: list[Parked] = field(default_factory=list)
    reminders: dict[tuple[str, str], int] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    approvals: Approvals = field(default_factory=Approvals)
    renderer: Renderer = field(default_factory=Renderer)
    originals: dict[str, Original] = field(default_factory=dict)
    """The deliveries that this batch is asked to repeat."""
    seal: Seal = field(default_factory=lambda: Seal(None))
    got: dict[tuple[str, str], list[Told]] = field(default_factory=dict)
    closed: frozenset[tuple[Channel, str]] = frozenset()
    """Addresses of askers that must not be written to."""
    followed: set[str] = field(default_factory=set)
    continued: set[str] = field(default_factory=set)
    severities: dict[str, Severity] = field(default_factory=dict)
    """What each incident had before the batch."""
    windows: dict[str, KnownWindow] = field(default_factory=dict)
    changed_windows: set[str] = field(default_factory=set)

    def calmer(self, incident_id: str) -> bool:
        """Whether it was neither critical nor major before."""
        before = self.severities.get(incident_id)
        return before is not None and not before.at_least(Severity.SEV2)

    @property
    def desk(self) -> Desk:
        return Desk(self.ledger, self.approvals, self.view, self.terms, self.renderer)

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
    conn: Connection,
    events: Sequence[Event[EventData]],
    terms: Terms,
    lanes: dict[str, set[str]],
    incidents: Collection[str] = (),
    clients: Collection[str] = (),
) -> Batch:
    """What ``events`` need, whose subjects are locked already; and what is known of further
    ``incidents`` and ``clients``."""
    known = await store.load_known(conn, {event.subject for event in events} | set(incidents))
    concerned = _concerned(events, known.values())
    works = {event.subject for event in events if isinstance(event.data, e.MaintenanceEvent)}
    got = await reached.load_got(conn, _corrected(events))
    again = await originals.load(conn, events)
    named = {client.client_key for client in concerned} | _named_clients(events, got)
    named |= {one.message.client_key for one in again.values() if one.message.client_key}
    view = await directory.load(
        conn,
        clients=named | set(clients),
        systems=_systems(events, concerned),
        plans=_plans(concerned),
    )
    with_history = _with_history(events, known) | set(incidents)
    ledger = await store.load_ledger(conn, with_history)
    ended = {event.subject for event in events if isinstance(event.data, e.IncidentClosed)}
    return Batch(
        terms=terms,
        view=view,
        known=known,
        ledger=ledger,
        lanes=lanes,
        approvals=await approvals.load(conn, ledger, events, with_history),
        got=got,
        originals=again,
        closed=await closed.load(conn, events, view, terms.now),
        followed=await reached.followed(conn, ended) if ended else set(),
        windows=await windows.load(conn, works),
        severities={key: one.snapshot.severity for key, one in known.items()},
        events={event.id: event for event in events},
    )


async def write(conn: Connection, batch: Batch, client_wait: timedelta) -> list[Event[EventData]]:
    """Write what the batch decided; the events to publish about it."""
    now = batch.terms.now
    settle(batch.desk)
    await _save_copies(conn, batch)
    await _write_rows(conn, batch)
    for parked in batch.parked:
        await parking.park(
            conn, queue=QUEUE, lane=parked.lane, until=parked.until, event=parked.event, now=now
        )
    if batch.reminders:
        await timers.arm(conn, _reminders(batch, now + client_wait))
    asked = await approvals.write(conn, batch.desk, batch.events)
    withdrawn = await _withdrawn(conn, batch)
    return [*announcements(batch.ledger, batch.events, now), *asked, *withdrawn]


async def _write_rows(conn: Connection, batch: Batch) -> None:
    ledger, now = batch.ledger, batch.terms.now
    if ledger.messages:
        await rows.insert(conn, list(ledger.messages.values()), ledger.new_rows(), now)
    if raised := _raised(batch):
        await rows.hasten(conn, raised, now)
    if ledger.repointed:
        await rows.repoint(conn, ledger.repointed)
    if ledger.waits:
        await rows.wait_on(conn, list(ledger.waits.values()))
    if ledger.released:
        await rows.release(conn, list(ledger.released.values()), now)
    if older := ledger.replaced_in_database():
        await rows.supersede(conn, older)


async def _withdrawn(conn: Connection, batch: Batch) -> list[Event[EventData]]:
    """An outage that goes on in a new incident: nobody is asked how it was any more."""
    if not batch.continued:
        return []
    taken = await reached.withdraw_feedback(conn, batch.continued, BACK_AGAIN)
    outcomes: dict[str, list[e.Outcome]] = {}
    for incident_id, row in taken:
        outcome = outcome_of(row, DeliveryState.SKIPPED, BACK_AGAIN, at=batch.terms.now)
        outcomes.setdefault(incident_id, []).append(outcome)
    return [
        event
        for incident_id, ended in outcomes.items()
        for event in outcomes_recorded(Cause(incident_id), ended, batch.terms.now)
    ]


def _corrected(events: Sequence[Event[EventData]]) -> set[tuple[str, str]]:
    return {
        (event.subject, event.data.corrects)
        for event in events
        if isinstance(event.data, e.IncidentCorrected)
    }


async def _save_copies(conn: Connection, batch: Batch) -> None:
    if batch.changed:
        await store.save_known(conn, {key: batch.known[key] for key in batch.changed})
    if batch.changed_windows:
        await windows.save(conn, {key: batch.windows[key] for key in batch.changed_windows})


def _raised(batch: Batch) -> list[str]:
    """Incidents that are critical or major by now, and were not when some of their rows were
    planned, or when the event happened that made them and waited for the directory."""
    limited = {row.message.incident_id for row in batch.ledger.deliveries.values() if row.limits}
    calmer = {incident_id for incident_id in batch.changed if batch.calmer(incident_id)}
    return [
        incident_id
        for incident_id in sorted(limited | calmer)
        if (known := batch.known.get(incident_id)) is not None
        and known.snapshot.severity.at_least(Severity.SEV2)
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


def _named_clients(
    events: Sequence[Event[EventData]], got: Mapping[tuple[str, str], Sequence[Told]]
) -> set[str]:
    """Those that need not be in the audience any more: told before, removed, or staff's matter."""
    named = {told.client_key for told in itertools.chain(*got.values()) if told.client_key}
    for event in events:
        if isinstance(event.data, e.EscalationEvent):
            named.update(event.data.client_keys)
        if isinstance(event.data, e.PromiseEvent):
            named.update(also.client_key for also in event.data.together)
        elif isinstance(event.data, e.AudienceChanged):
            named.update(event.data.removed)
        elif isinstance(event.data, OF_ONE_CLIENT) and event.data.client_key:
            named.add(event.data.client_key)
    return named


OF_ONE_CLIENT = (
    e.FeedbackGiven | e.QuestionAsked | e.QuestionAnswered | e.TestRequested | e.DestinationAdded
)


def _plans(concerned: Sequence[AudienceClient]) -> set[str]:
    return {key for client in concerned for key in (client.plan_key, client.own_plan_key) if key}


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
