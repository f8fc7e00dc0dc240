"""Timers into calls: state read, decided, recorded and published in one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.events import EscalationEvent, EscalationExhausted, StepFired, StepSkipped
from tocsin_runtime.database import Connection
from tocsin_runtime.timers import Timer

from escalation import metrics
from escalation.cases import arming
from escalation.cases.cases import REVISION, Cases, known
from escalation.cases.looking import look


class Firing:
    """The timer loop's handler. The loop holds each timer's subject, and keeps one incident's error
    from the others: what was due is tried again a minute later."""

    def __init__(self, cases: Cases) -> None:
        self._cases = cases

    async def __call__(self, conn: Connection, due: Sequence[Timer], now: datetime) -> None:
        for incident_id in dict.fromkeys(timer.subject for timer in due):
            let_in = any(t.kind == REVISION for t in due if t.subject == incident_id)
            await self._look(conn, incident_id, now, let_in=let_in)

    async def _look(
        self, conn: Connection, incident_id: str, now: datetime, *, let_in: bool
    ) -> None:
        incident = await known(conn, incident_id)
        if incident is None:
            return
        case = await self._cases.open(conn, incident, now, None)
        if let_in:
            arming.let_in(case)
        look(case)
        await self._cases.close(conn, case)
        _count(case.told)


def _count(told: Sequence[EscalationEvent]) -> None:
    for event in told:
        if isinstance(event, StepFired):
            metrics.CALLS.labels(event.trigger).inc()
            metrics.CALLS_LATE.inc(event.late_by_seconds is not None)
        elif isinstance(event, StepSkipped):
            metrics.CALLS_SKIPPED.inc()
        elif isinstance(event, EscalationExhausted):
            metrics.EXHAUSTED.inc()
