"""Lets go what waited for a directory revision, once it is here."""

from __future__ import annotations

import asyncio

import asyncpg
import structlog
from tocsin_runtime.database import Database, database_is_away
from tocsin_runtime.wakeup import Wakeup

from dispatcher.intake.intake import Intake

log = structlog.get_logger()
POLL_SECONDS = 2.0


class Releaser:
    """The component; ``wake`` is called after a commit that completed a revision or parked."""

    name = "releaser"

    def __init__(self, database: Database, intake: Intake) -> None:
        self._database = database
        self._intake = intake
        self._wakeup = Wakeup()

    def wake(self) -> None:
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            try:
                while await self.release() and not stop.is_set():
                    pass
            except Exception as error:
                if not (
                    database_is_away(error) or isinstance(error, asyncpg.DeadlockDetectedError)
                ):
                    raise
                log.warning("what waits for the directory waits on", error=repr(error))
            await self._wakeup.wait(stop, POLL_SECONDS)

    async def release(self) -> int:
        """How many events went on."""
        async with self._database.transaction() as conn:
            return await self._intake.release(conn)
