"""The consumers' handlers: lock, load, decide, write, wake."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Channel
from tocsin_runtime import parking
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, Database, lock_subject, lock_subjects
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.timers import Timer

from dispatcher import metrics
from dispatcher.delivery.asking_people import BUDGET, UNREACHABLE, UNTOLD, out_of_reach
from dispatcher.delivery.endpoints import TROUBLE
from dispatcher.delivery.listener import notify
from dispatcher.delivery.noting import WISHES
from dispatcher.directory import store as directory
from dispatcher.directory.addresses import Seal
from dispatcher.intake import (
    approvals,
    asking_people,
    beside,
    courses,
    endpoints,
    escalations,
    handlers,
    maintenance,
    noting,
    operators,
    store,
    takes,
)
from dispatcher.intake.asking_people import never_reached
from dispatcher.intake.batch import Batch, load, write
from dispatcher.intake.channels import ChannelWishes
from dispatcher.intake.confirmations import Confirmations
from dispatcher.intake.lanes import CALLS, QUEUE
from dispatcher.intake.released import released
from dispatcher.planning.announce import SOURCE
from dispatcher.planning.clients import Terms
from dispatcher.planning.ledger import Ledger
from dispatcher.rendering.render import Renderer

log = structlog.get_logger()
NOTES = {
    BUDGET: asking_people.tell,
    TROUBLE: endpoints.trouble,
    UNREACHABLE: asking_people.tell,
    UNTOLD: asking_people.tell,
    WISHES: noting.wished,
}
"""By timer, what somebody at the provider is told of when it fires."""


@dataclass(frozen=True)
class Rules:
    """How long things may take. ``client_wait``: until somebody is told that a client waits."""

    channels: Collection[Channel]
    max_age: timedelta = timedelta(hours=24)
    client_wait: timedelta = timedelta(seconds=60)


class Intake:
    """``planned`` is called after a commit that wrote or held rows; ``None``: another process
    sends, and is woken through the database."""

    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        rules: Rules,
        planned: Callable[[Ledger], None] | None,
        renderer: Renderer | None = None,
        wishes: ChannelWishes | None = None,
        seal: Seal | None = None,
        confirmations: Confirmations | None = None,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._rules = rules
        self._planned = planned
        self._wishes = wishes
        self._seal = seal or Seal(None)
        self._confirmations = confirmations
        self._renderer = renderer or Renderer()
        self._parked: tuple[Callable[[], None], ...] = ()
        self._taken: Callable[[str], None] | None = None
        self._tells = True
        self._created: datetime | None = None

    def on_parked(self, *wakes: Callable[[], None]) -> None:
        """Name whom to wake after a commit that parked something."""
        self._parked = wakes

    def on_taken(self, told: Callable[[str], None]) -> None:
        """``told`` is called with the incident's id after the commit of a take."""
        self._taken = told

    def quiet(self) -> None:
        """From now on only know, and tell nobody."""
        self._tells = False

    async def incidents(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        """One batch of ``tocsin.incidents``."""
        batch, by_hand = await self._load(conn, events)
        for event in events:
            if isinstance(event.data, e.ClientReleased):
                lane = event.data.client_key
                waiting = [*by_hand[event.id], *batch.unpark(event.subject, lane)]
                released(batch, waiting, lane, by_hand=True)
            elif isinstance(event.data, e.MaintenanceEvent):
                maintenance.handle(batch, event)
            elif not (beside.handle(batch, event) or operators.handle(batch, event)):
                handlers.handle(batch, event)
        await self._write(conn, batch)
        if self._confirmations is not None:
            await self._confirmations.handle(conn, events, tells=self._tells)
        if self._wishes is not None:
            await self._wishes.handle(conn, events, self._clock.now(), tells=self._tells)

    async def escalations(self, conn: Connection, events: Sequence[Event[EventData]]) -> None:
        """One batch of ``tocsin.escalations``: who has it by now, then whom to call."""
        await lock_subjects(conn, {event.subject for event in events})
        for event in events:
            if isinstance(event.data, e.EscalationEvent):
                await courses.note(conn, event.data)
            if isinstance(event.data, e.EscalationTaken):
                self._tell_taken(conn, event.data.incident.id)
        batch, _ = await self._load(conn, events)
        for event in events:
            escalations.handle(batch, event)
        await self._write(conn, batch)

    def _tell_taken(self, conn: Connection, incident_id: str) -> None:
        told = self._taken
        if told is not None:
            self._database.after_commit(conn, lambda: told(incident_id))

    async def release(self, conn: Connection, incident_id: str) -> int:
        """Go on with what waited for the revision that the directory has by now; how much."""
        await lock_subject(conn, incident_id)
        revision = await directory.local_revision(conn)
        parked = await parking.release(conn, queue=QUEUE, reached=revision, subject=incident_id)
        await self._go_on(conn, parked)
        return len(parked)

    async def reminded(self, conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        """Timers: a client that waits for long is reported, a call to staff goes out as it is, and
        an approver has not answered in time."""
        for timer in due:
            if timer.kind in NOTES:
                await self._noted(conn, timer)
                continue
            if timer.kind in (approvals.APPROVAL, approvals.GIVEN_UP):
                await self._no_answer(conn, timer)
                continue
            lane, incident_id = timer.payload["lane"], timer.subject
            if lane not in await parking.parked_lanes(conn, queue=QUEUE, subject=incident_id):
                continue
            if lane in CALLS:
                waiting = await parking.release(conn, queue=QUEUE, lane=lane, subject=incident_id)
                await self._go_on(conn, waiting, as_it_is=True)
            else:
                needs = timer.payload["needs_revision"]
                await self._report_waiting(conn, incident_id, lane, needs, now)

    async def _no_answer(self, conn: Connection, timer: Timer) -> None:
        batch = await self._loaded(conn, [], {timer.subject}, {timer.payload["client_key"]})
        patience = self._rules.max_age
        if timer.kind == approvals.GIVEN_UP:
            approvals.nobody_said_yes(batch.desk, timer.key, patience)
        else:
            await approvals.no_answer(conn, batch.desk, timer.key, patience)
        await self._write(conn, batch)

    async def _noted(self, conn: Connection, timer: Timer) -> None:
        named = {timer.payload["client_key"]} - {None}
        batch = await self._loaded(conn, [], {timer.subject}, named)
        NOTES[timer.kind](batch, timer)
        await self._write(conn, batch)

    async def _go_on(
        self,
        conn: Connection,
        parked: Sequence[tuple[str, Event[EventData]]],
        *,
        as_it_is: bool = False,
    ) -> None:
        if not parked:
            return
        batch, _ = await self._load(conn, [event for _, event in parked])
        for lane, event in parked:
            if lane in CALLS:
                escalations.handle(batch, event, as_it_is=as_it_is)
            else:
                released(batch, [event], lane, by_hand=False)
        await self._write(conn, batch)

    async def _load(
        self, conn: Connection, events: Sequence[Event[EventData]]
    ) -> tuple[Batch, dict[str, list[Event[EventData]]]]:
        """The batch, and by event what an operator's releases let go."""
        subjects = {event.subject for event in events}
        await lock_subjects(conn, subjects)
        by_hand = {
            event.id: await self._release_by_hand(conn, event.data)
            for event in events
            if isinstance(event.data, e.ClientReleased)
        }
        everything = [*events, *(event for group in by_hand.values() for event in group)]
        batch = await self._loaded(conn, everything, subjects)
        if any(isinstance(event.data, e.EscalationEvent) for event in events):
            batch.takes = await takes.taken_at(conn, subjects)
            batch.courses = await courses.courses(conn, subjects)
        return batch, by_hand

    async def _loaded(
        self,
        conn: Connection,
        events: Sequence[Event[EventData]],
        subjects: Collection[str],
        clients: Collection[str] = (),
    ) -> Batch:
        lanes = await parking.parked_lanes_of(conn, queue=QUEUE, subjects=subjects)
        now = self._clock.now()
        since = max(now - self._rules.max_age, await self._created_at(conn))
        terms = Terms(now, self._rules.channels, since, tells=self._tells)
        batch = await load(conn, events, terms, lanes, () if events else subjects, clients)
        batch.renderer = self._renderer
        batch.seal = self._seal
        return batch

    async def _created_at(self, conn: Connection) -> datetime:
        if self._created is None:
            self._created = await store.created_at(conn)
        return self._created

    async def _release_by_hand(
        self, conn: Connection, data: e.ClientReleased
    ) -> list[Event[EventData]]:
        released = await parking.release(
            conn, queue=QUEUE, lane=data.client_key, subject=data.incident_id
        )
        return [event for _, event in released]

    async def _write(self, conn: Connection, batch: Batch) -> None:
        published = await write(conn, batch, self._rules.client_wait)
        lost = await out_of_reach(conn, never_reached(batch.ledger), batch.terms.now)
        await self._outbox.add(conn, [*published, *lost])
        if batch.ledger.channels_with_open_rows():
            await self._wake_senders(conn, batch.ledger)
        for wake in self._parked if batch.parked or batch.approvals.new else ():
            self._database.after_commit(conn, wake)

    async def _wake_senders(self, conn: Connection, ledger: Ledger) -> None:
        for row in ledger.deliveries.values():
            metrics.PLANNED.labels(row.target.channel.value, row.state.value).inc()
        metrics.SUPERSEDED.inc(len(ledger.superseded))
        planned = self._planned
        if planned is None:
            await notify(conn)
        else:
            self._database.after_commit(conn, lambda: planned(ledger))

    async def _report_waiting(
        self, conn: Connection, incident_id: str, client_key: str, needs: int, now: datetime
    ) -> None:
        has = await directory.local_revision(conn)
        log.error("client waits for the directory", client=client_key, needs=needs, has=has)
        metrics.CLIENTS_WAITED.inc()
        data = e.ClientWaiting(
            incident_id=incident_id,
            client_key=client_key,
            needs_revision=needs,
            has_revision=has,
        )
        await self._outbox.add(conn, [new_event(data, source=SOURCE, subject=incident_id, now=now)])
