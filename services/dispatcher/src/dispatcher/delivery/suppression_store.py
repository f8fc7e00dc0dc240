"""SQL of suppressions: written, lifted, and who is behind a destination."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from tocsin_contracts.events import PersonAt, SuppressionChanged
from tocsin_contracts.words import Channel, SuppressionCause
from tocsin_runtime.database import Connection

# Of two that are in force together the one that lasts longer holds; what has expired is replaced.
THE_LONGER = """
ON CONFLICT (channel, destination) WHERE lifted_at IS NULL DO UPDATE SET
    id = CASE WHEN old.expires_at <= excluded.since THEN excluded.id ELSE old.id END,
    since = CASE WHEN old.expires_at <= excluded.since THEN excluded.since ELSE old.since END,
    cause = excluded.cause, reason = excluded.reason, expires_at = excluded.expires_at
WHERE old.expires_at IS NOT NULL
  AND (excluded.expires_at IS NULL OR excluded.expires_at > old.expires_at)
"""
_SUPPRESS = f"""
INSERT INTO suppressions AS old (id, channel, destination, cause, reason, since, expires_at)
VALUES ($1, $2, $3, $4, $5, $6, $7)
{THE_LONGER}RETURNING *
"""  # noqa: S608 - a constant
_LIFT = """
UPDATE suppressions SET lifted_at = $2, lifted_by = $3 WHERE lifted_at IS NULL AND {which}
RETURNING *
"""
# What waits to go there is looked at now, so that the gate ends it and what stands in for it goes.
# What somebody else holds just now finds the suppression by itself at its next try.
_LOOK_AGAIN = """
UPDATE deliveries SET due_at = $3 WHERE id IN (
    SELECT id FROM deliveries
    WHERE channel = $1 AND destination = $2 AND state IN ('pending', 'waiting') AND due_at > $3
      AND approval_id IS NULL AND kind <> 'feedback_request'
    FOR UPDATE SKIP LOCKED)
"""
_PEOPLE = """
SELECT client_key, person, name FROM people WHERE labels->>$1::text = $2
ORDER BY client_key, person LIMIT 100
"""


async def suppress(
    conn: Connection,
    suppression_id: str,
    channel: Channel,
    destination: str,
    cause: SuppressionCause,
    detail: str,
    now: datetime,
    expires: datetime | None,
) -> SuppressionChanged | None:
    """What holds from now on; ``None``: something at least as lasting did already."""
    row = await conn.fetchrow(
        _SUPPRESS, suppression_id, channel.value, destination, cause.value, detail, now, expires
    )
    if row is None:
        return None
    await conn.execute(_LOOK_AGAIN, channel.value, destination, now)
    return await _changed(conn, row)


async def lift(
    conn: Connection, suppression_id: str, now: datetime, by: str
) -> SuppressionChanged | None:
    row = await conn.fetchrow(_LIFT.format(which="id = $1"), suppression_id, now, by)
    return await _changed(conn, row) if row is not None else None


async def lift_at(
    conn: Connection,
    channel: Channel,
    destination: str,
    cause: SuppressionCause,
    now: datetime,
    by: str,
) -> SuppressionChanged | None:
    """Lift what is in force there for ``cause``, and for no other."""
    which = "channel = $1 AND destination = $4 AND cause = $5"
    row = await conn.fetchrow(
        _LIFT.format(which=which), channel.value, now, by, destination, cause.value
    )
    return await _changed(conn, row) if row is not None else None


async def _changed(conn: Connection, row: Mapping[str, Any]) -> SuppressionChanged:
    return SuppressionChanged(
        suppression_id=row["id"],
        channel=Channel(row["channel"]),
        cause=SuppressionCause(row["cause"]),
        detail=row["reason"],
        people=await _people(conn, row["channel"], row["destination"]),
        since=row["since"],
        expires_at=row["expires_at"],
        lifted_at=row["lifted_at"],
        lifted_by=row["lifted_by"],
    )


async def _people(conn: Connection, channel: str, destination: str) -> tuple[PersonAt, ...]:
    rows = await conn.fetch(_PEOPLE, channel, destination)
    return tuple(
        PersonAt(client_key=row["client_key"] or None, person=row["person"], name=row["name"])
        for row in rows
    )
