"""Lets go what waited for a directory revision, once it is here."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import structlog
from tocsin_runtime import parking
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database, waiting_helps
from tocsin_runtime.patience import patiently
from tocsin_runtime.wakeup import Wakeup

from dispatcher import metrics
from dispatcher.directory import store as directory
from dispatcher.intake.intake import Intake
from dispatcher.intake.lanes import QUEUE

log = structlog.get_logger()
POLL_SECONDS = 2.0
PUT_OFF = timedelta(minutes=1)


class Releaser:
    """The component; ``wake`` is called after a commit that completed a revision or parked.

    Each incident goes on by itself, so that one that cannot holds up no other.
    """

    name = "releaser"

    def __init__(self, database: Database, intake: Intake, clock: Clock) -> None:
        self._database = database
        self._intake = intake
        self._clock = clock
        self._wakeup = Wakeup()
        self._put_off: dict[str, datetime] = {}

    def wake(self) -> None:
        self._wakeup.set()

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, lambda: self._round(stop))
            await self._wakeup.wait(stop, POLL_SECONDS)

    async def _round(self, stop: asyncio.Event) -> None:
        while await self.release() and not stop.is_set():
            pass

    async def release(self) -> int:
        """How many events went on."""
        now = self._clock.now()
        self._put_off = {key: until for key, until in self._put_off.items() if until > now}
        ready = [key for key in await self._ready() if key not in self._put_off]
        return sum([await self._release(incident_id, now) for incident_id in ready])

    async def _ready(self) -> list[str]:
        async with self._database.connection() as conn:
            revision = await directory.local_revision(conn)
            return await parking.ready_subjects(conn, queue=QUEUE, reached=revision)

    async def _release(self, incident_id: str, now: datetime) -> int:
        try:
            async with self._database.transaction() as conn:
                return await self._intake.release(conn, incident_id)
        except Exception as error:
            if waiting_helps(error):
                raise
            log.exception("what waits for the directory cannot go on", incident=incident_id)
            metrics.RELEASES_FAILED.inc()
            self._put_off[incident_id] = now + PUT_OFF
            return 0
