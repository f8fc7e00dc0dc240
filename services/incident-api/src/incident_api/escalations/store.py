"""SQL for lists of escalations, over the copy that the timeline keeps."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts.words import EscalationState
from tocsin_runtime.database import Connection

from incident_api.timeline.escalations import COLUMNS, Escalation, escalation_of

_FIND = f"""
SELECT {COLUMNS} FROM escalations
WHERE ($1::text IS NULL OR incident_id = $1)
  AND ($2::text[] = '{{}}' OR state = ANY($2))
  AND ($3::text IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
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
    states: Sequence[EscalationState],
    after: str | None,
    limit: int,
) -> list[Escalation]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(_FIND, incident_id, [state.value for state in states], after, limit)
    return [escalation_of(row) for row in rows]
