"""Forgets stored answers whose day is over."""

from __future__ import annotations

import asyncio

import structlog
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database, database_is_away
from tocsin_runtime.process import wait_for

from incident_api.web.idempotency import KEPT_FOR
from incident_api.web.idempotency_store import delete_older

log = structlog.get_logger(__name__)
EVERY_SECONDS = 600


class Forgetting:
    name = "forgetting"

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        while not await wait_for(stop, EVERY_SECONDS):
            try:
                async with self._database.connection() as conn:
                    await delete_older(conn, self._clock.now() - KEPT_FOR)
            except Exception as error:
                if not database_is_away(error):
                    raise
                log.warning("forgetting waits for the database", error=repr(error))
