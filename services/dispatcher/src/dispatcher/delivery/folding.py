"""Several rows that wait for one destination become one digest, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import DeliveryState
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox

from dispatcher.delivery import digest_store
from dispatcher.delivery.model import Claimed
from dispatcher.gating.digest import crowded
from dispatcher.planning import store as rows
from dispatcher.planning.announce import Cause, outcome_of, outcomes_recorded, planned_together
from dispatcher.planning.digest import Waiting, digest_of, told_together


class Folder:
    def __init__(
        self,
        *,
        database: Database,
        outbox: Outbox,
        clock: Clock,
        lease: str,
    ) -> None:
        self._database = database
        self._outbox = outbox
        self._clock = clock
        self._lease = lease
        self._folded: Callable[[], None] = lambda: None

    def on_folded(self, folded: Callable[[], None]) -> None:
        """Name whom to wake after a commit that made a digest."""
        self._folded = folded

    async def fold(self, row: Claimed) -> bool:
        """Whether a digest tells ``row``, or another process has it; false: it goes as itself."""
        now = self._clock.now()
        async with self._database.transaction() as conn:
            own, others = await digest_store.waiting_with(conn, row, self._lease)
            if own is None:
                return True
            limits = row.gated.limits
            everything = limits is not None and crowded(row.gated, limits, now)
            together = told_together(own, others, everything=everything)
            if len({one.incident.id for one in together}) < 2:
                return False
            digest, why = digest_of(own, together, now)
            await rows.insert(conn, [digest.message], [digest], now)
            await digest_store.fold(conn, [one.id for one in together], digest.id, why)
            events = [planned_together([digest], now), *_outcomes(together, why, now)]
            await self._outbox.add(conn, events)
            self._database.after_commit(conn, self._folded)
        return True


def _outcomes(together: list[Waiting], why: str, now: datetime) -> list[Event[EventData]]:
    return [
        event
        for one in together
        for event in outcomes_recorded(
            Cause(one.incident.id, one.cause_id),
            [outcome_of(one, DeliveryState.SUPERSEDED, why, at=now)],
            now,
        )
    ]
