"""SQL of calls: what a provider told of them, and what was dealt with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import DeliveryState
from tocsin_runtime.database import Connection


@dataclass(frozen=True)
class Call:
    """``calls`` counts those to the same message, this one too."""

    sid: str
    delivery_id: str
    answered_by: str | None
    heard: bool
    ended: bool
    calls: int


async def note(
    conn: Connection,
    sid: str,
    delivery_id: str,
    status: str,
    answered_by: str | None,
    now: datetime,
) -> Call:
    """Call-backs come twice and in any order: after the end nothing changes any more."""
    await conn.execute(
        """INSERT INTO calls AS c (sid, delivery_id, status, answered_by, first_at)
           VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (sid) DO UPDATE SET
               status = excluded.status,
               answered_by = coalesce(excluded.answered_by, c.answered_by)
           WHERE c.ended_at IS NULL""",
        sid,
        delivery_id,
        status,
        answered_by,
        now,
    )
    [row] = await conn.fetch(
        """SELECT c.*, (SELECT count(*) FROM calls o WHERE o.delivery_id = c.delivery_id) AS calls
           FROM calls c WHERE c.sid = $1""",
        sid,
    )
    return Call(
        sid=sid,
        delivery_id=row["delivery_id"],
        answered_by=row["answered_by"],
        heard=row["heard_at"] is not None,
        ended=row["ended_at"] is not None,
        calls=row["calls"],
    )


async def heard(conn: Connection, sid: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE calls SET heard_at = coalesce(heard_at, $2) WHERE sid = $1", sid, now
    )


async def ended(conn: Connection, sid: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE calls SET ended_at = coalesce(ended_at, $2) WHERE sid = $1", sid, now
    )


async def said_of(conn: Connection, delivery_id: str, reason: str) -> bool:
    """Beside a message that was taken and not heard by anybody; whether there was such a one."""
    changed = await conn.fetchval(
        "UPDATE deliveries SET reason = $2 WHERE id = $1 AND state = $3 RETURNING id",
        delivery_id,
        reason,
        DeliveryState.ACCEPTED.value,
    )
    return changed is not None


async def forget_old(conn: Connection) -> None:
    """Nothing that old is told of again."""
    await conn.execute(
        """DELETE FROM calls WHERE sid IN (
               SELECT sid FROM calls WHERE first_at < now() - interval '90 days' LIMIT 1000)"""
    )


async def silent(
    conn: Connection, *, after: datetime, before: datetime, limit: int
) -> list[tuple[str, str]]:
    """Calls that were placed in that time and of whose end nothing was heard: sid and delivery."""
    rows = await conn.fetch(
        """SELECT d.provider_id, d.id FROM deliveries d LEFT JOIN calls c ON c.sid = d.provider_id
           WHERE d.channel = 'voice' AND d.state = 'accepted' AND d.provider_id IS NOT NULL
             AND d.accepted_at BETWEEN $1 AND $2 AND c.ended_at IS NULL
           ORDER BY d.accepted_at LIMIT $3""",
        after,
        before,
        limit,
    )
    return [(row["provider_id"], row["id"]) for row in rows]
