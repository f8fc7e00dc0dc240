"""Short links are written down before a message with them goes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_runtime.database import Database

from dispatcher.links import short_store
from dispatcher.links.short import ShortLink


class KeptLinks:
    def __init__(self, database: Database) -> None:
        self._database = database

    async def keep(self, links: Sequence[ShortLink], now: datetime) -> None:
        """What the database makes of it is raised."""
        async with self._database.connection() as conn:
            await short_store.keep(conn, links, now)
