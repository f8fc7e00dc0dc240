"""What was handled already, so that a second delivery changes nothing."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_runtime.database import Connection

KEEP = "45 days"
"""Longer than any topic keeps its events (30 days)."""


async def admit(conn: Connection, consumer: str, event_ids: Sequence[str]) -> set[str]:
    """Note the events as handled by this transaction; the ids that were not noted before."""
    rows = await conn.fetch(
        """INSERT INTO inbox (consumer, event_id) SELECT $1, unnest($2::text[])
           ON CONFLICT DO NOTHING RETURNING event_id""",
        consumer,
        list(event_ids),
    )
    return {row["event_id"] for row in rows}


async def remove_old(conn: Connection) -> None:
    await conn.execute(
        f"""DELETE FROM inbox WHERE (consumer, event_id) IN (SELECT consumer, event_id FROM inbox
            WHERE received_at < now() - interval '{KEEP}' LIMIT 10000)"""  # noqa: S608
    )
