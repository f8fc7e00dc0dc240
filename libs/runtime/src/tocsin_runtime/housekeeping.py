"""Forgets, once a minute and a little at a time, what nobody needs any more."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence

from tocsin_runtime import inbox, metrics, outbox_rows
from tocsin_runtime.database import Connection, Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

EVERY_SECONDS = 60

Tidy = Callable[[Connection], Awaitable[object]]


async def _count_parked(conn: Connection) -> None:
    metrics.PARKED.clear()
    for row in await conn.fetch("SELECT queue, count(*) AS n FROM parked GROUP BY queue"):
        metrics.PARKED.labels(row["queue"]).set(row["n"])


class Housekeeping:
    """The component; ``tidy`` are a service's own statements, run after the runtime's."""

    name = "housekeeping"

    def __init__(self, database: Database, tidy: Sequence[Tidy] = ()) -> None:
        self._database = database
        self._tidy = (outbox_rows.remove_published, inbox.remove_old, _count_parked, *tidy)

    async def run(self, stop: asyncio.Event) -> None:
        while not await wait_for(stop, EVERY_SECONDS):
            await patiently(stop, self.name, self.run_once)

    async def run_once(self) -> None:
        async with self._database.connection() as conn:
            for statement in self._tidy:
                await statement(conn)
