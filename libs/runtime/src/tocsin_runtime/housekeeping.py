"""Forgets, once a minute and a little at a time, what nobody needs any more."""

from __future__ import annotations

import asyncio

import structlog

from tocsin_runtime import inbox, metrics, outbox_rows
from tocsin_runtime.database import Database, database_is_away
from tocsin_runtime.process import wait_for

log = structlog.get_logger()
EVERY_SECONDS = 60


class Housekeeping:
    name = "housekeeping"

    def __init__(self, database: Database) -> None:
        self._database = database

    async def run(self, stop: asyncio.Event) -> None:
        while not await wait_for(stop, EVERY_SECONDS):
            try:
                await self._tidy()
            except Exception as error:
                if not database_is_away(error):
                    raise
                log.warning("housekeeping waits for the database", error=repr(error))

    async def _tidy(self) -> None:
        async with self._database.connection() as conn:
            await outbox_rows.remove_published(conn)
            await inbox.remove_old(conn)
            rows = await conn.fetch("SELECT queue, count(*) AS n FROM parked GROUP BY queue")
            metrics.PARKED.clear()
            for row in rows:
                metrics.PARKED.labels(row["queue"]).set(row["n"])
