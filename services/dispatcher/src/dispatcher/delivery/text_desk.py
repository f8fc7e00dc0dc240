"""What a text message needs before it goes: room for today, and its links written down."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.database import Connection, Database

from dispatcher.gating.daily_cap import DAY, counts_for, over
from dispatcher.links import short_store
from dispatcher.links.short import ShortLink
from dispatcher.rendering.notice import Notice

_SENT = """
SELECT count(*) FROM deliveries WHERE channel = $1 AND destination = $2 AND accepted_at > $3
"""


class TextDesk:
    """``most`` texts within a day to one number."""

    def __init__(self, database: Database, most: int) -> None:
        self._database = database
        self._most = most

    async def problem_with(
        self,
        kind: Kind,
        notice: Notice,
        destination: str,
        short: Sequence[ShortLink],
        now: datetime,
    ) -> str | None:
        """Why this text does not go; ``None``: it may, and its links lead somewhere.

        ``destination`` is the digest of the number. What the database makes of it is raised.
        """
        async with self._database.connection() as conn:
            incident = notice.incident
            if counts_for(kind, incident.severity if incident else None):
                problem = over(await _sent(conn, destination, now), self._most)
                if problem is not None:
                    return problem
            await short_store.keep(conn, short, now)
        return None


async def _sent(conn: Connection, destination: str, now: datetime) -> int:
    return int(await conn.fetchval(_SENT, Channel.SMS.value, destination, now - DAY))
