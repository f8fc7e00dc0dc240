"""What must be in the database before the first request: the first key, the built-in directory."""

from __future__ import annotations

import asyncio

import asyncpg
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently

from incident_api.auth.bootstrap_key import apply_bootstrap_key
from incident_api.directory.apply import DirectoryWriter
from incident_api.directory.first_start import publish_built_in
from incident_api.directory.restored import republish_restored


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
            await patiently(stop, self.name, self._try)
        await stop.wait()

    async def _try(self) -> None:
        try:
            await self.prepare()
        except asyncpg.UndefinedTableError as error:
            raise ConnectionError("the schema is not there yet") from error

    async def prepare(self) -> None:
        async with self._database.transaction() as conn:
            await apply_bootstrap_key(conn, self._bootstrap_key, self._clock.now())
            await publish_built_in(conn, self._writer)
            await republish_restored(conn, self._writer, self._epoch)
        self._done = True

    async def check(self) -> str | None:
        """For readiness."""
        return None if self._done else "the first start has not ended"
