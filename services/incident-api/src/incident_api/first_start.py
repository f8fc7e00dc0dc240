"""What must be in the database before the first request: the first key, the built-in directory."""

from __future__ import annotations

import asyncio

import asyncpg
import structlog
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database, database_is_away
from tocsin_runtime.process import wait_for

from incident_api.auth.bootstrap_key import apply_bootstrap_key
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.first_start import publish_built_in
from incident_api.directory.restored import republish_restored

log = structlog.get_logger(__name__)


class FirstStart:
    """A component that does this once at every start, as soon as database and schema are there."""

    name = "first-start"

    def __init__(
        self,
        database: Database,
        writer: DirectoryWriter,
        clock: Clock,
        bootstrap_key: str | None,
        epoch: int = 1,
    ) -> None:
        self._database = database
        self._writer = writer
        self._clock = clock
        self._bootstrap_key = bootstrap_key
        self._epoch = epoch
        self._done = False

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set() and not self._done:
            try:
                await self.prepare()
            except Exception as error:
                if not _waiting_helps(error):
                    raise
                log.warning("start waits for the database and its schema", error=repr(error))
                await wait_for(stop, 0.5)
        await stop.wait()

    async def prepare(self) -> None:
        async with self._database.transaction() as conn:
            await apply_bootstrap_key(conn, self._bootstrap_key, self._clock.now())
            await publish_built_in(conn, self._writer)
            await republish_restored(conn, self._writer, self._epoch)
        self._done = True

    async def check(self) -> str | None:
        """For readiness."""
        return None if self._done else "the first start has not ended"


def _waiting_helps(error: Exception) -> bool:
    return database_is_away(error) or isinstance(error, asyncpg.UndefinedTableError)
