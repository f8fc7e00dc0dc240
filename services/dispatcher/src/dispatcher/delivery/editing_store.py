"""SQL of edits: which threads an answer concerns, and what stands in one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Channel, Kind
from tocsin_runtime.database import Connection

from dispatcher.delivery.shown import Posted

MOST = 50
"""The newest messages of a thread; older ones are left as they are."""
_POSTED = f"""
SELECT d.id, d.provider_id, d.kind,
       CASE WHEN d.step IS NOT NULL AND d.client_key IS NULL THEN
           (SELECT t.person_name FROM takes t
            WHERE t.incident_id = d.incident_id AND NOT t.expired AND t.expires_at > $2
              AND d.step->'client_keys' ? t.client_key
            ORDER BY t.taken_at DESC LIMIT 1) END AS taken_by,
       (SELECT c.person_name FROM deliveries c
        WHERE c.incident_id = d.incident_id AND c.cause_id = d.cause_id AND c.kind = d.kind
          AND c.client_key = d.client_key AND c.person = d.person AND c.confirmed_at IS NOT NULL
        LIMIT 1) AS confirmed_by
FROM deliveries d
WHERE d.thread = $1 AND d.provider_id IS NOT NULL AND d.state IN ('accepted', 'delivered')
  AND (d.id IN (SELECT n.id FROM deliveries n WHERE n.thread = $1 ORDER BY n.position DESC
                LIMIT {MOST})
       OR d.provider_id = (SELECT root_id FROM threads WHERE thread = $1))
ORDER BY d.position
"""  # noqa: S608 - a constant


@dataclass(frozen=True)
class Standing:
    """A thread as it stands; ``posts`` oldest first."""

    root_id: str | None
    posts: list[Posted]


async def standing(conn: Connection, thread: str, now: datetime) -> Standing:
    root = await conn.fetchval("SELECT root_id FROM threads WHERE thread = $1", thread)
    rows = await conn.fetch(_POSTED, thread, now)
    return Standing(
        root_id=root,
        posts=[
            Posted(
                row["id"],
                row["provider_id"],
                Kind(row["kind"]),
                row["taken_by"] or None,
                row["confirmed_by"] or None,
            )
            for row in rows
        ],
    )


async def threads_answered(
    conn: Connection, delivery_id: str, channels: Collection[Channel]
) -> list[str]:
    """Where the same person was told of the same, on channels that can be edited."""
    rows = await conn.fetch(
        """SELECT DISTINCT o.thread FROM deliveries d JOIN deliveries o
             ON o.incident_id = d.incident_id AND o.person = d.person
                AND o.client_key IS NOT DISTINCT FROM d.client_key
           WHERE d.id = $1 AND o.channel = ANY($2) AND o.provider_id IS NOT NULL""",
        delivery_id,
        [channel.value for channel in channels],
    )
    return [row["thread"] for row in rows]


async def threads_called(
    conn: Connection, incident_id: str, channels: Collection[Channel]
) -> list[str]:
    """Where staff were called for an incident."""
    rows = await conn.fetch(
        """SELECT DISTINCT thread FROM deliveries
           WHERE incident_id = $1 AND client_key IS NULL AND step IS NOT NULL
             AND channel = ANY($2) AND provider_id IS NOT NULL""",
        incident_id,
        [channel.value for channel in channels],
    )
    return [row["thread"] for row in rows]
