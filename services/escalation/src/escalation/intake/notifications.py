"""What dispatcher planned and what became of it: the proof that promises were kept."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import NotificationPlanned, OutcomesRecorded
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection, lock_subjects

from escalation.cases.cases import Cases, known
from escalation.promises import evidence
from escalation.promises.evidence import Noted


class Notifications:
    """Applies a batch of ``tocsin.notifications``. It may be ahead of the incident's own events:
    what is noted then counts once the promise is known."""

    def __init__(self, cases: Cases, clock: Clock) -> None:
        self._cases = cases
        self._clock = clock

    async def __call__(self, conn: Connection, batch: Sequence[Event[EventData]]) -> None:
        noted = [one for event in batch for one in _noted(event.data)]
        clients: dict[str, set[str]] = defaultdict(set)
        for one in noted:
            clients[one.incident_id].add(one.row.client_key)
        await lock_subjects(conn, set(clients))
        await evidence.note(conn, noted)
        for incident_id, keys in clients.items():
            incident = await known(conn, incident_id)
            if incident is not None:
                await self._cases.weigh(conn, incident, keys, self._clock.now())


def _noted(data: EventData) -> list[Noted]:
    match data:
        case NotificationPlanned():
            return evidence.planned(data)
        case OutcomesRecorded():
            return evidence.recorded(data)
    return []
