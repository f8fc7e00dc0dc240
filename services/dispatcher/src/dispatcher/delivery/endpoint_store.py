"""SQL of webhook endpoints: who takes nothing just now, and what waits for them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from tocsin_runtime.database import Connection

from dispatcher.delivery.endpoint_rules import Failing


async def failing(conn: Connection, destination: str) -> Failing | None:
    """Locked until the transaction ends."""
    row = await conn.fetchrow(
        """SELECT since, last, failures, warned FROM failing_endpoints
           WHERE destination = $1 FOR UPDATE""",
        destination,
    )
    return Failing(**row) if row is not None else None


async def save(conn: Connection, destination: str, known: Failing) -> None:
    await conn.execute(
        """INSERT INTO failing_endpoints (destination, since, last, failures, warned)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (destination) DO UPDATE SET since = excluded.since, last = excluded.last,
               failures = excluded.failures, warned = excluded.warned""",
        destination,
        known.since,
        known.last,
        known.failures,
        known.warned,
    )


async def recovered(conn: Connection, destinations: Collection[str]) -> list[str]:
    """Those that had failed, and do no more."""
    rows = await conn.fetch(
        """DELETE FROM failing_endpoints WHERE destination IN (
               SELECT destination FROM failing_endpoints WHERE destination = ANY($1)
               ORDER BY destination FOR UPDATE)
           RETURNING destination""",
        list(destinations),
    )
    return [row["destination"] for row in rows]


async def hasten(conn: Connection, destinations: Collection[str], now: datetime) -> None:
    """What waits for another try goes now; what somebody else holds finds out by itself."""
    await conn.execute(
        """UPDATE deliveries SET due_at = $2 WHERE id IN (
               SELECT id FROM deliveries
               WHERE channel = 'webhook' AND destination = ANY($1) AND state = 'pending'
                 AND due_at > $2
               FOR UPDATE SKIP LOCKED)""",
        list(destinations),
        now,
    )
