"""SQL for lists of escalations, over the copy that the timeline keeps."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.policies import ChainKind
from tocsin_runtime.database import Connection

from incident_api.timeline.escalations import COLUMNS, escalation_of
from incident_api.timeline.standing import Escalation

_FIND = f"""
SELECT {COLUMNS} FROM escalations
WHERE ($1::text IS NULL OR incident_id = $1)
  AND ($2::text[] = '{{}}' OR state = ANY($2))
  AND ($3::text IS NULL OR chain = $3)
  AND ($4::text IS NULL OR id < $4)
ORDER BY id DESC LIMIT $5
"""  # noqa: S608 — built from the store's own column names


async def find(conn: Connection, escalation_id: str) -> Escalation | None:
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM escalations WHERE id = $1",  # noqa: S608
        escalation_id,
    )
    return None if row is None else escalation_of(row)


async def newest_first(
    conn: Connection,
    *,
    incident_id: str | None,
    states: Sequence[str],
    chain: ChainKind | None,
    after: str | None,
    limit: int,
) -> list[Escalation]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(_FIND, incident_id, list(states), chain, after, limit)
    return [escalation_of(row) for row in rows]
