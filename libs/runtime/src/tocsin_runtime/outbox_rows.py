"""The outbox table as the relay reads it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from tocsin_runtime.database import Connection

BATCH = 500
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


async def take(conn: Connection, shards: Collection[int]) -> list[Row]:
    """The oldest unpublished rows of the shards this process holds."""
    rows = await conn.fetch(
        """SELECT id, event_id, topic, message_key, ordering_key, body, headers FROM outbox
           WHERE published_at IS NULL AND shard = ANY($1::smallint[]) ORDER BY id LIMIT $2""",
        list(shards),
        BATCH,
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


def first_of_each_key(rows: Sequence[Row]) -> tuple[list[Row], list[Row]]:
    """Split into what may be sent side by side and what must wait for it.

    Of one ordering key only the first row is sent at a time: if it failed and a later one did not,
    consumers would see them in the wrong order.
    """
    seen: set[str] = set()
    wave: list[Row] = []
    rest: list[Row] = []
    for row in rows:
        (rest if row.ordering_key in seen else wave).append(row)
        seen.add(row.ordering_key)
    return wave, rest
