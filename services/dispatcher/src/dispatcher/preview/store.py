"""SQL of previews: what is known beside the incident at hand. Nothing is written."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection

from dispatcher.delivery.claims import ASKED, lately
from dispatcher.gating.model import Lately
from dispatcher.planning.model import Delivery

_OPEN = """
SELECT id FROM incidents WHERE snapshot->>'status' IN ('investigating', 'identified', 'monitoring')
    AND snapshot->>'visibility' = 'published' AND snapshot->>'parent_id' IS NULL
    AND NOT coalesce((snapshot->>'drill')::boolean, false)
ORDER BY id DESC LIMIT 50
"""
# The same is asked of other rows as for a row that is about to go.
_AROUND = f"""
SELECT l.place, t.root_id, t.subject, s.reason AS suppressed, {ASKED}
FROM (SELECT u.*, NULL::jsonb AS stands_in_for, 'pending' AS was
      FROM unnest($1::bigint[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[],
                  $8::jsonb[])
          AS u(place, incident_id, client_key, channel, destination, thread, limits)) AS l
LEFT JOIN threads t ON t.thread = l.thread
LEFT JOIN suppressions s ON s.channel = l.channel AND s.destination = l.destination
    AND s.lifted_at IS NULL AND (s.expires_at IS NULL OR s.expires_at > $2)
"""  # noqa: S608 - constants


@dataclass(frozen=True)
class Around:
    """What a row would meet when it goes: its conversation, a suppression, what its destination
    got lately."""

    root_id: str | None = None
    subject: str | None = None
    suppressed: str | None = None
    got: Lately = field(default_factory=Lately)


async def open_incidents(conn: Connection) -> list[str]:
    """The newest published ones that speak for themselves, at most 50."""
    return [row["id"] for row in await conn.fetch(_OPEN)]


async def around(conn: Connection, rows: Sequence[Delivery], now: datetime) -> list[Around]:
    """For each of ``rows``, in their order."""
    found = await conn.fetch(
        _AROUND,
        list(range(len(rows))),
        now,
        [row.message.incident_id for row in rows],
        [row.message.client_key for row in rows],
        [row.target.channel.value for row in rows],
        [row.target.destination for row in rows],
        [row.thread for row in rows],
        [row.limits.model_dump(mode="json") if row.limits else None for row in rows],
    )
    by_place = {row["place"]: _around(row) for row in found}
    return [by_place.get(place, Around()) for place in range(len(rows))]


def _around(row: Mapping[str, Any]) -> Around:
    return Around(row["root_id"], row["subject"], row["suppressed"], lately(row))
