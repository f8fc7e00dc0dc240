"""Promises as gauges: an alarm on them tells of a breach also when nobody can be written to."""

from __future__ import annotations

import asyncio

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

from escalation import metrics
from escalation.promises import store

EVERY_SECONDS = 10


class PromiseWatch:
    """The component that keeps the gauges. It reads the database and depends on no event."""

    name = "promise watch"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, self.look)
            await wait_for(stop, EVERY_SECONDS)

    async def look(self) -> None:
        now = self._clock.now()
        async with self._database.connection() as conn:
            found = await store.overview(conn, now)
        metrics.AT_RISK.set(found.at_risk)
        metrics.OVERDUE.set(found.overdue)
        oldest = found.oldest_overdue
        metrics.OLDEST_OVERDUE.set((now - oldest).total_seconds() if oldest else 0)
