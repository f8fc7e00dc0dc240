"""SQL of the stream's log and its tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.stream.model import Change, Position, Topic

MOST_KEPT = 100_000
"""Rows; none is kept for longer than an hour, and the newest always."""

_READ = """
SELECT id, xact, topic, subject_id, ids,
       xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS settled
FROM stream_log WHERE (xact, id) > ($1, $2) ORDER BY xact, id LIMIT $3
"""
_NEWEST = """
SELECT xact, id FROM stream_log
WHERE xact < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
ORDER BY xact DESC, id DESC LIMIT 1
"""
# What is numbered beyond the present was written before the database was restored from a copy.
_TIDY = f"""
DELETE FROM stream_log
WHERE (id < (SELECT max(id) FROM stream_log)
       AND (at < now() - interval '1 hour'
            OR id <= (SELECT max(id) FROM stream_log) - {MOST_KEPT}))
   OR xact >= pg_snapshot_xmax(pg_current_snapshot())::text::bigint
"""  # noqa: S608 — our own number


@dataclass(frozen=True)
class Read:
    """``held``: more is there, and waits until every earlier transaction has ended."""

    changes: tuple[Change, ...]
    held: bool


async def read_after(conn: Connection, position: Position, limit: int) -> Read:
    rows = await conn.fetch(_READ, position.xact, position.row, limit)
    changes = tuple(
        Change(
            Position(row["xact"], row["id"]),
            Topic(row["topic"]),
            row["subject_id"],
            tuple(row["ids"]),
        )
        for row in rows
        if row["settled"]
    )
    return Read(changes, held=len(changes) < len(rows))


async def newest(conn: Connection) -> Position:
    row = await conn.fetchrow(_NEWEST)
    return Position() if row is None else Position(row["xact"], row["id"])


async def is_kept(conn: Connection, position: Position) -> bool:
    """Whether everything after ``position`` is still there."""
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM stream_log WHERE xact = $1 AND id = $2)",
        position.xact,
        position.row,
    )
    return found


async def tidy(conn: Connection) -> None:
    await conn.execute(_TIDY)


async def add_ticket(conn: Connection, digest: bytes, key_id: str, expires_at: datetime) -> None:
    await conn.execute(
        "INSERT INTO stream_tickets (digest, key_id, expires_at) VALUES ($1, $2, $3)",
        digest,
        key_id,
        expires_at,
    )


async def key_of_ticket(conn: Connection, digest: bytes, now: datetime) -> str | None:
    found: str | None = await conn.fetchval(
        "SELECT key_id FROM stream_tickets WHERE digest = $1 AND expires_at > $2", digest, now
    )
    return found


async def forget_tickets(conn: Connection, now: datetime) -> None:
    await conn.execute("DELETE FROM stream_tickets WHERE expires_at <= $1", now)
