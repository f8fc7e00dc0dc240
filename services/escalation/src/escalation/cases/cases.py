"""How cases are opened, and closed again with everything that came of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ContactMade
from tocsin_runtime import timers
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.timers import Timer

from escalation.cases import promising
from escalation.cases.case import Case
from escalation.cases.counting import count_promises
from escalation.concerns import store as concerns
from escalation.incidents import store as incidents
from escalation.incidents.rules import Incident
from escalation.people import store as people
from escalation.policies import store as escalations
from escalation.promises import evidence
from escalation.promises import store as promises
from escalation.promises.state import Pledge, Row

SOURCE = "escalation"
STEPS = "steps"
"""The timer of an incident's next moment: a call, a take's end, a promise, whichever is first."""

REVISION = "revision"
"""The timer that lets an incident's waiting clients in, once their revision is here."""


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
        """Everything a decision may look at. Without a ``cause`` it is a moment that came."""
        chains = await escalations.chains(conn, incident.id)
        pledged = {one.key: one for one in await promises.load(conn, incident.id)}
        clients = {client.client_key for client in incident.audience}
        roster = await people.roster(conn, {*chains, *clients, *(key[0] for key in pledged)})
        return Case(
            incident,
            chains,
            roster,
            now,
            cause,
            directory=await people.directory(conn, incident.audience),
            waiting=await escalations.waiting(conn, incident.id),
            pledges=dict(pledged),
            promised_before=pledged,
            proof=await _proof(conn, incident, pledged.values(), cause),
            broken=await _broken(conn, cause),
            questions=await concerns.open_questions(conn, incident.id),
            unreachable=await concerns.out_of_reach(conn, incident.id),
        )

    async def weigh(
        self, conn: Connection, incident: Incident, client_keys: Collection[str], now: datetime
    ) -> None:
        """Something became of messages to these clients: what that proves, and nothing else.

        No moment comes nearer by it, so none is armed anew.
        """
        pledged = {one.key: one for one in await promises.live(conn, incident.id, client_keys)}
        overdue = {one.client_key for one in pledged.values() if one.due_at < now}
        roster = await people.roster(conn, overdue)
        proof = await _proof(conn, incident, pledged.values(), None)
        case = Case(incident, {}, roster, now, proof=proof)
        case.pledges, case.promised_before = dict(pledged), pledged
        await self._settle(conn, case)
        await self._publish(conn, case)

    async def close(self, conn: Connection, case: Case) -> None:
        """Write what changed, publish what is told, and arm the next moment."""
        incident_id = case.incident.id
        await escalations.add_calls(conn, incident_id, case.made)
        await escalations.save(conn, incident_id, list(case.changed.values()))
        await escalations.wait_for_revision(conn, incident_id, case.waits)
        await escalations.stop_waiting(conn, incident_id, case.let_go)
        await self._settle(conn, case)
        await self._publish(conn, case)
        await self._schedule(conn, incident_id, case.next_moment())

    async def _settle(self, conn: Connection, case: Case) -> None:
        """Promises are counted once those judged just now are written."""
        telling = promising.weigh(case)
        changes = case.promise_changes()
        await promises.save(conn, case.incident.id, [change.after for change in changes])
        if telling:
            clients = {change.after.client_key for change in telling}
            counts = await promises.counts(conn, case.incident.id, clients, case.now)
            promising.tell(case, telling, counts)
        count_promises(changes)
        if promising.may_forget(case):
            await evidence.forget(conn, case.incident.id)

    async def let_in(self, conn: Connection, incident_ids: Sequence[str], now: datetime) -> None:
        """Take these incidents up soon, for clients that need not wait any more."""
        await timers.arm(conn, [Timer(REVISION, one, one, now) for one in incident_ids])
        self._database.after_commit(conn, self._wake)

    async def _publish(self, conn: Connection, case: Case) -> None:
        if not self._quiet:
            await self._outbox.add(conn, _wrapped(case))

    async def _schedule(self, conn: Connection, incident_id: str, at: datetime | None) -> None:
        if at is None:
            await timers.cancel(conn, subject=incident_id, kind=STEPS)
            return
        await timers.arm(conn, [Timer(STEPS, incident_id, incident_id, at)])
        self._database.after_commit(conn, self._wake)


async def _proof(
    conn: Connection,
    incident: Incident,
    pledges: Iterable[Pledge],
    cause: Event[EventData] | None,
) -> dict[str, list[Row]]:
    """By client what is known of the messages that may keep its open promises, those that the event
    itself makes included: what became of them may have been heard of first."""
    live = [pledge for pledge in pledges if pledge.live]
    causes = {one for pledge in live for one in pledge.causes}
    clients = {pledge.client_key for pledge in live}
    if cause is not None:
        causes.add(cause.id)
        clients.update(client.client_key for client in incident.audience)
    found: dict[str, list[Row]] = defaultdict(list)
    for row in await evidence.load(conn, incident.id, causes, clients) if clients else ():
        found[row.client_key].append(row)
    return found


async def _broken(conn: Connection, cause: Event[EventData] | None) -> list[Pledge]:
    """A person's call may be noted after the promise was called broken."""
    if cause is None or not isinstance(cause.data, ContactMade):
        return []
    return await promises.broken(conn, cause.data.incident_id, cause.data.client_key)


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
