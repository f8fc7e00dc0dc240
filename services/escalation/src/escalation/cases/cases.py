"""How cases are opened, and closed again with everything that came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime import timers
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.timers import Timer

from escalation.cases import promising
from escalation.cases.case import Case
from escalation.concerns import store as concerns
from escalation.incidents import store as incidents
from escalation.incidents.rules import Incident
from escalation.people import store as people
from escalation.policies import store as escalations
from escalation.promises import store as promises

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
            pledges=dict(pledged),
            promised_before=pledged,
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
        case = Case(incident, {}, roster, now, pledges=dict(pledged), promised_before=pledged)
        await promising.settle(conn, case)
        await self._publish(conn, case)

    async def close(self, conn: Connection, case: Case) -> None:
        """Write what changed, publish what is told, and arm the next moment."""
        await escalations.save(conn, case.incident.id, list(case.changed.values()))
        await promising.settle(conn, case)
        await self._publish(conn, case)
        await self._schedule(conn, case.incident.id, case.next_moment())

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
