"""Promises, one row each, and what was judged of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter
from tocsin_runtime.database import Connection

from escalation.promises.events import Counts
from escalation.promises.state import Pledge

_PLEDGE = TypeAdapter(Pledge)
_SAVE = """
INSERT INTO promises (incident_id, client_key, promise, due_at, made_by, state, live, current,
                      drill, document)
SELECT $1, * FROM unnest($2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[],
                         $7::bool[], $8::bool[], $9::bool[], $10::jsonb[])
ON CONFLICT (incident_id, client_key, promise, due_at, made_by) DO UPDATE SET
    state = excluded.state, live = excluded.live, current = excluded.current,
    document = excluded.document
"""
_COUNTS = """
SELECT client_key,
       count(*) FILTER (WHERE incident_id = $1 AND state = 'kept') AS kept,
       count(*) FILTER (WHERE incident_id = $1) AS promised,
       count(*) FILTER (WHERE due_at >= $3 AND state = 'kept') AS month_kept,
       count(*) FILTER (WHERE due_at >= $3) AS month_promised
FROM promises
WHERE client_key = ANY($2) AND NOT drill AND state IN ('kept', 'breached')
    AND (incident_id = $1 OR due_at >= $3)
GROUP BY client_key
"""


@dataclass(frozen=True)
class Overview:
    """``oldest_overdue`` is the due moment of the oldest promise that is not kept yet."""

    at_risk: int
    overdue: int
    oldest_overdue: datetime | None


async def load(conn: Connection, incident_id: str) -> list[Pledge]:
    """The promises whose end is open, and the newest of each kind for each client."""
    rows = await conn.fetch(
        """SELECT document FROM promises WHERE incident_id = $1 AND (live OR current)
           ORDER BY client_key, due_at, made_by""",
        incident_id,
    )
    return [_PLEDGE.validate_python(row["document"]) for row in rows]


async def live(conn: Connection, incident_id: str, client_keys: Collection[str]) -> list[Pledge]:
    """The promises to these clients whose end is open."""
    rows = await conn.fetch(
        """SELECT document FROM promises
           WHERE incident_id = $1 AND live AND client_key = ANY($2)
           ORDER BY client_key, due_at, made_by""",
        incident_id,
        list(client_keys),
    )
    return [_PLEDGE.validate_python(row["document"]) for row in rows]


async def broken(conn: Connection, incident_id: str, client_key: str) -> list[Pledge]:
    rows = await conn.fetch(
        """SELECT document FROM promises
           WHERE incident_id = $1 AND client_key = $2 AND state = 'breached'""",
        incident_id,
        client_key,
    )
    return [_PLEDGE.validate_python(row["document"]) for row in rows]


async def save(conn: Connection, incident_id: str, changed: Sequence[Pledge]) -> None:
    if not changed:
        return
    await conn.execute(
        _SAVE,
        incident_id,
        [one.client_key for one in changed],
        [one.promise.value for one in changed],
        [one.due_at for one in changed],
        [one.made_by for one in changed],
        [one.state.value for one in changed],
        [one.live for one in changed],
        [one.current for one in changed],
        [one.drill for one in changed],
        [_document(one) for one in changed],
    )


async def counts(
    conn: Connection, incident_id: str, client_keys: Collection[str], now: datetime
) -> dict[str, Counts]:
    """What was judged of each client's promises; the month is that of ``now``, in UTC."""
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    rows = await conn.fetch(_COUNTS, incident_id, list(client_keys), month)
    return {
        row["client_key"]: Counts(
            row["kept"], row["promised"], row["month_kept"], row["month_promised"]
        )
        for row in rows
    }


async def overview(conn: Connection, now: datetime) -> Overview:
    [row] = await conn.fetch(
        """SELECT count(*) FILTER (WHERE state = 'at_risk') AS at_risk,
                  count(*) FILTER (WHERE due_at < $1) AS overdue,
                  min(due_at) FILTER (WHERE due_at < $1) AS oldest
           FROM promises WHERE live AND NOT drill""",
        now,
    )
    return Overview(row["at_risk"], row["overdue"], row["oldest"])


def _document(pledge: Pledge) -> dict[str, Any]:
    document: dict[str, Any] = _PLEDGE.dump_python(pledge, mode="json")
    return document
