"""What dispatcher planned and what became of it, the proof that promises were kept; and what people
answered or confirmed by a key, a text or a button."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    ContactUnreachable,
    NotificationPlanned,
    OutcomesRecorded,
    ReplyConfirmed,
    ReplyStepAnswered,
)
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subjects

from escalation.cases.cases import Cases, known
from escalation.concerns import store as concerns
from escalation.intake.spoken import Spoken
from escalation.promises import evidence
from escalation.promises.evidence import REACHED, Noted

SPOKEN = ReplyStepAnswered | ReplyConfirmed | ContactUnreachable


class Notifications:
    """Applies a batch of ``tocsin.notifications``. It may be ahead of the incident's own events:
    what is noted then counts once the promise is known."""

    def __init__(self, cases: Cases, clock: Clock, *, answers: bool = True) -> None:
        self._cases = cases
        self._clock = clock
        self._spoken = Spoken(cases, clock, answers=answers)

    async def __call__(self, conn: Connection, batch: Sequence[Event[EventData]]) -> None:
        noted = [one for event in batch for one in _noted(event.data)]
        clients: dict[str, set[str]] = defaultdict(set)
        for one in noted:
            clients[one.incident_id].add(one.row.client_key)
        said = [event for event in batch if isinstance(event.data, SPOKEN)]
        await lock_subjects(conn, {*clients, *(event.subject for event in said)})
        await evidence.note(conn, noted)
        await concerns.reached(conn, [who for event in batch for who in _reached(event.data)])
        for incident_id, keys in clients.items():
            incident = await known(conn, incident_id)
            if incident is not None:
                await self._cases.weigh(conn, incident, keys, self._clock.now())
        for event in said:
            await self._spoken(conn, event)


def _reached(data: EventData) -> list[tuple[str, str, str, datetime]]:
    if not isinstance(data, OutcomesRecorded):
        return []
    return [
        (data.incident_id, one.client_key, one.person, one.at)
        for one in data.outcomes
        if one.client_key is not None and one.state in REACHED
    ]


def _noted(data: EventData) -> list[Noted]:
    match data:
        case NotificationPlanned():
            return evidence.planned(data)
        case OutcomesRecorded():
            return evidence.recorded(data)
    return []
