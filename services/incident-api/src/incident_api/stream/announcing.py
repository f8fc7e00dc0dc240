"""Tells every process that the log has grown, as soon as a transaction of this one has committed.

Not in the transaction itself: a NOTIFY there makes all commits of the database wait for each other.
"""

from __future__ import annotations

import asyncio

from tocsin_runtime.database import Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for
from tocsin_runtime.wakeup import Wakeup

CHANNEL = "tocsin_stream"
IDLE_SECONDS = 60.0
PAUSE_SECONDS = 0.02
"""Between two: the first of a flood is announced at once, the rest at most fifty times a second."""


class Announcer:
    """The component. Commits that come soon after one that was announced are announced together."""

    name = "announcer"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wakeup = Wakeup()
        self._due = False
        database.after_every_commit(self._committed)

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await self._wakeup.wait(stop, IDLE_SECONDS)
            if self._due:
                await patiently(stop, self.name, self._announce)
                await wait_for(stop, PAUSE_SECONDS)

    async def _announce(self) -> None:
        self._due = False
        async with self._database.connection() as conn:
            await conn.execute(f"NOTIFY {CHANNEL}")

    def _committed(self) -> None:
        self._due = True
        self._wakeup.set()
