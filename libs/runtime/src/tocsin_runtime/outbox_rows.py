"""The outbox table as the relay reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tocsin_runtime.database import Connection

ROWS_A_SHARD = 50
KEEP_PUBLISHED = "1 day"


@dataclass(frozen=True)
class Row:
    id: int
    event_id: str
    topic: str
    message_key: str
    ordering_key: str
    body: bytes
    headers: list[tuple[str, bytes]]


async def take(
    conn: Connection, shards: Collection[int], *, without: Collection[str] = ()
) -> list[Row]:
    """The oldest unpublished rows of each shard this process holds.

    Each shard has its own share, so that a long line in one stands before nobody in another.
    ``without`` names ordering keys that are left alone.
    """
    rows = await conn.fetch(
        """SELECT o.* FROM unnest($1::smallint[]) AS held(shard) CROSS JOIN LATERAL (
               SELECT id, event_id, topic, message_key, ordering_key, body, headers FROM outbox
               WHERE published_at IS NULL AND shard = held.shard
                 AND ordering_key <> ALL ($2::text[]) ORDER BY id LIMIT $3) AS o
           ORDER BY o.id""",
        list(shards),
        list(without),
        ROWS_A_SHARD,
    )
    return [
        Row(
            id=row["id"],
            event_id=row["event_id"],
            topic=row["topic"],
            message_key=row["message_key"],
            ordering_key=row["ordering_key"],
            body=row["body"],
            headers=[(name, value.encode()) for name, value in row["headers"].items()],
        )
        for row in rows
    ]


async def mark_published(conn: Connection, ids: Sequence[int]) -> None:
    await conn.execute("UPDATE outbox SET published_at = now() WHERE id = ANY($1::bigint[])", ids)


async def oldest_age(conn: Connection) -> float:
    """Seconds since the oldest unpublished row was written, 0 if there is none."""
    age = await conn.fetchval(
        """SELECT extract(epoch FROM now() - min(created_at))::float8 FROM outbox
           WHERE published_at IS NULL"""
    )
    return float(age or 0)


async def remove_published(conn: Connection) -> None:
    """Forget rows that were published more than a day ago."""
    await conn.execute(
        f"""DELETE FROM outbox WHERE id IN (SELECT id FROM outbox
            WHERE published_at < now() - interval '{KEEP_PUBLISHED}' LIMIT 10000)"""  # noqa: S608
    )
