"""Wakes the worker where another process plans: this one only delivers."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from tocsin_runtime.database import Connection, Database
from tocsin_runtime.patience import patiently
from tocsin_runtime.process import wait_for

CHANNEL = "tocsin_deliveries"
CHECK_SECONDS = 5.0


async def notify(conn: Connection) -> None:
    """Wake the listeners once ``conn``'s transaction has committed."""
    await conn.execute(f"NOTIFY {CHANNEL}")


class Listener:
    """The component. What is missed while its connection is broken, the worker's poll finds."""

    name = "listener"

    def __init__(self, database: Database, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake

    async def run(self, stop: asyncio.Event) -> None:
        while not stop.is_set():
            await patiently(stop, self.name, lambda: self._listen(stop))

    async def _listen(self, stop: asyncio.Event) -> None:
        async with self._database.connection() as conn:
            await conn.add_listener(CHANNEL, self._notified)
            try:
                self._wake()
                while not await wait_for(stop, CHECK_SECONDS):
                    await conn.execute("SELECT 1")
            finally:
                if not conn.is_closed():
                    await conn.remove_listener(CHANNEL, self._notified)

    def _notified(self, *_: object) -> None:
        self._wake()
