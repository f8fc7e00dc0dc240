"""The way of an incident event through this service: lock, copy, case, handler, put back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import IncidentEvent
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subjects

from escalation.cases.cases import Cases, known
from escalation.incidents import store as incidents
from escalation.incidents.rules import absorb, is_older
from escalation.intake.handlers import incident_told
from escalation.intake.spoken import Spoken
from escalation.policies import store as escalations


class Intake:
    """Applies a batch of ``tocsin.incidents`` in order.

    ``answers`` is false during a rebuild, where what came of answers is read from our own topic.
    """

    def __init__(self, cases: Cases, clock: Clock, *, answers: bool = True) -> None:
        self._cases = cases
        self._clock = clock
        self._spoken = Spoken(cases, clock, answers=answers)

    async def __call__(self, conn: Connection, batch: Sequence[Event[EventData]]) -> None:
        await lock_subjects(conn, {event.subject for event in batch})
        for event in batch:
            if isinstance(event.data, IncidentEvent):
                await self._incident_event(conn, event)
            else:
                await self._spoken(conn, event)

    async def revision_reached(self, conn: Connection, revision: int) -> None:
        """Clients that waited for this revision are let in by a timer, under their own locks."""
        waiting = await escalations.incidents_waiting_for(conn, revision)
        await self._cases.let_in(conn, waiting, self._clock.now())

    async def _incident_event(self, conn: Connection, event: Event[EventData]) -> None:
        told = cast(Event[IncidentEvent], event)
        before = await known(conn, told.data.incident.id)
        if is_older(before, told):
            return
        incident = absorb(before, told)
        await incidents.save(conn, incident)
        case = await self._cases.open(conn, incident, self._clock.now(), event)
        incident_told(case, told)
        await self._cases.close(conn, case)
