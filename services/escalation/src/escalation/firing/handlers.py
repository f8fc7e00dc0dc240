"""Timers into calls: state read, decided, recorded and published in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.events import EscalationEvent, EscalationExhausted, StepFired, StepSkipped
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.timers import Timer

from escalation import metrics
from escalation.cases import arming
from escalation.cases.cases import REVISION, Cases
from escalation.cases.loading import Subject
from escalation.cases.looking import look
from escalation.incidents import store as incidents


class Firing:
    """The timer loop's handler. The loop holds each timer's subject, and keeps one incident's error
    from the others: what was due is tried again a minute later."""

    def __init__(self, database: Database, cases: Cases) -> None:
        self._database = database
        self._cases = cases

    async def __call__(self, conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        known = await incidents.load_all(conn, {timer.subject for timer in due})
        subjects = [Subject(incident) for incident in known.values()]
        cases = await self._cases.open_all(conn, subjects, now)
        let_in = {timer.subject for timer in due if timer.kind == REVISION}
        for case in cases:
            if case.incident.id in let_in:
                arming.let_in(case)
            look(case)
        await self._cases.close_all(conn, cases)
        told = [event for case in cases for event in case.told]
        self._database.after_commit(conn, lambda: _count(told))


def _count(told: Sequence[EscalationEvent]) -> None:
    for event in told:
        if isinstance(event, StepFired):
            metrics.CALLS.labels(event.trigger).inc()
            metrics.CALLS_LATE.inc(event.late_by_seconds is not None)
        elif isinstance(event, StepSkipped):
            metrics.CALLS_SKIPPED.inc()
        elif isinstance(event, EscalationExhausted):
            metrics.EXHAUSTED.inc()
