"""How cases are opened, and closed again with everything that came of them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_runtime import timers
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.outbox import Outbox, new_event
from tocsin_runtime.timers import Timer

from escalation.cases import loading, promising
from escalation.cases.cancelling import cancel
from escalation.cases.case import Case
from escalation.cases.counting import count_promises
from escalation.cases.loading import Subject
from escalation.incidents import store as incidents
from escalation.incidents.rules import Incident
from escalation.people import store as people
from escalation.policies import store as escalations
from escalation.promises import evidence
from escalation.promises import store as promises
from escalation.promises.state import Change

SOURCE = "escalation"
STEPS = "steps"
"""The timer of an incident's next moment: a call, a take's end, a promise, whichever is first."""

REVISION = "revision"
"""The timer that lets an incident's waiting clients in, once their revision is here."""


class Cases:
    """Opens and closes cases, many as cheaply as one. The subjects' locks are the caller's."""

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
        [case] = await self.open_all(conn, [Subject(incident, cause)], now)
        return case

    async def open_all(
        self, conn: Connection, subjects: Sequence[Subject], now: datetime
    ) -> list[Case]:
        """Everything a decision may look at; an incident may be among the subjects only once.

        The directory is there where there is a cause or a client waits for it.
        """
        return await loading.load(conn, subjects, now) if subjects else []

    async def weigh(
        self, conn: Connection, incident: Incident, client_keys: Collection[str], now: datetime
    ) -> None:
        """Something became of messages to these clients: what that proves, and nothing else.

        No moment comes nearer by it, so none is armed anew.
        """
        pledged = {one.key: one for one in await promises.live(conn, incident.id, client_keys)}
        overdue = {one.client_key for one in pledged.values() if one.due_at < now}
        roster = await people.roster(conn, overdue)
        owed = {incident.id: list(pledged.values())}
        proof = await loading.proofs(conn, [Subject(incident)], owed)
        case = Case(incident, {}, roster, now, proof=proof.get(incident.id, {}))
        case.pledges, case.promised_before = dict(pledged), pledged
        await self._settle(conn, [case])
        await self._publish(conn, [case])

    async def close(self, conn: Connection, case: Case) -> None:
        await self.close_all(conn, [case])

    async def close_all(self, conn: Connection, cases: Sequence[Case]) -> None:
        """Write what changed, publish what is told, and arm the next moments: one statement a
        table, for all of them."""
        for case in cases:
            cancel(case)
        made = [(c.incident.id, chain, call) for c in cases for chain, call in c.made]
        await escalations.add_calls(conn, made)
        changed = [(c.incident.id, chain) for c in cases for chain in c.chain_changes()]
        await escalations.save(conn, changed)
        waits = [(c.incident.id, one) for c in cases for one in c.waits]
        await escalations.wait_for_revision(conn, waits)
        await escalations.stop_waiting(conn, [(c.incident.id, k) for c in cases for k in c.let_go])
        await self._settle(conn, cases)
        await self._publish(conn, cases)
        await self._schedule(conn, cases)

    async def _settle(self, conn: Connection, cases: Sequence[Case]) -> None:
        """Promises are counted once those judged just now are written."""
        telling = [promising.weigh(case) for case in cases]
        changes = [(case.incident.id, one) for case in cases for one in case.promise_changes()]
        await promises.save(conn, [(incident_id, one.after) for incident_id, one in changes])
        await _tell(conn, cases, telling)
        judged = [one for _, one in changes]
        self._database.after_commit(conn, lambda: count_promises(judged))
        over = [case.incident.id for case in cases if promising.may_forget(case)]
        await evidence.forget(conn, over)

    async def let_in(self, conn: Connection, incident_ids: Sequence[str], now: datetime) -> None:
        """Take these incidents up soon, for clients that need not wait any more."""
        await timers.arm(conn, [Timer(REVISION, one, one, now) for one in incident_ids])
        self._database.after_commit(conn, self._wake)

    async def _publish(self, conn: Connection, cases: Sequence[Case]) -> None:
        if not self._quiet:
            await self._outbox.add(conn, [event for case in cases for event in _wrapped(case)])

    async def _schedule(self, conn: Connection, cases: Sequence[Case]) -> None:
        moments = {case.incident.id: case.next_moment() for case in cases}
        armed = [Timer(STEPS, key, key, at) for key, at in moments.items() if at is not None]
        await timers.arm(conn, armed)
        await timers.cancel_all(conn, STEPS, [key for key, at in moments.items() if at is None])
        if armed:
            self._database.after_commit(conn, self._wake)


async def _tell(
    conn: Connection, cases: Sequence[Case], telling: Sequence[Sequence[Change]]
) -> None:
    """Tell of promises that were judged, each with how many were."""
    asked = {
        (case.incident.id, change.after.client_key)
        for case, changes in zip(cases, telling, strict=True)
        for change in changes
    }
    if not asked:
        return
    counts = await promises.counts(conn, asked, cases[0].now)
    for case, changes in zip(cases, telling, strict=True):
        promising.tell(case, changes, counts.get(case.incident.id, {}))


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
