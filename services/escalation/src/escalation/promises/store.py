"""Promises, one row each, and what was judged of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from pydantic import TypeAdapter
from tocsin_runtime.database import Connection

from escalation.promises.events import Counts
from escalation.promises.state import Pledge

_PLEDGE = TypeAdapter(Pledge)
_SAVE = """
INSERT INTO promises (incident_id, client_key, promise, due_at, made_by, state, live, current,
                      drill, document)
SELECT incident_id, client_key, promise, due_at, made_by, state, live, current, drill,
       document::jsonb
FROM unnest($1::text[], $2::text[], $3::text[], $4::timestamptz[], $5::bigint[], $6::text[],
            $7::bool[], $8::bool[], $9::bool[], $10::text[])
     AS given(incident_id, client_key, promise, due_at, made_by, state, live, current, drill,
              document)
ON CONFLICT (incident_id, client_key, promise, due_at, made_by) DO UPDATE SET
    state = excluded.state, live = excluded.live, current = excluded.current,
    document = excluded.document
"""
_COUNTS = """
SELECT asked.incident_id, asked.client_key,
       count(*) FILTER (WHERE p.incident_id = asked.incident_id AND state = 'kept') AS kept,
       count(*) FILTER (WHERE p.incident_id = asked.incident_id) AS promised,
       count(*) FILTER (WHERE due_at >= $3 AND state = 'kept') AS month_kept,
       count(*) FILTER (WHERE due_at >= $3) AS month_promised
FROM unnest($1::text[], $2::text[]) AS asked(incident_id, client_key)
JOIN promises p USING (client_key)
WHERE NOT drill AND state IN ('kept', 'breached')
    AND (p.incident_id = asked.incident_id OR due_at >= $3)
GROUP BY asked.incident_id, asked.client_key
"""


@dataclass(frozen=True)
class Overview:
    """``oldest_overdue`` is the due moment of the oldest promise that is not kept yet."""

    at_risk: int
    overdue: int
    oldest_overdue: datetime | None


async def load(conn: Connection, incident_ids: Collection[str]) -> dict[str, list[Pledge]]:
    """Of each incident the promises whose end is open, and the newest of each kind for each
    client."""
    rows = await conn.fetch(
        """SELECT incident_id, document::text AS document FROM promises
           WHERE incident_id = ANY($1::text[]) AND (live OR current)
           ORDER BY incident_id, client_key, due_at, made_by""",
        list(incident_ids),
    )
    found: dict[str, list[Pledge]] = defaultdict(list)
    for row in rows:
        found[row["incident_id"]].append(_PLEDGE.validate_json(row["document"]))
    return found


async def live(conn: Connection, incident_id: str, client_keys: Collection[str]) -> list[Pledge]:
    """The promises to these clients whose end is open."""
    rows = await conn.fetch(
        """SELECT document::text AS document FROM promises
           WHERE incident_id = $1 AND live AND client_key = ANY($2)
           ORDER BY client_key, due_at, made_by""",
        incident_id,
        list(client_keys),
    )
    return [_PLEDGE.validate_json(row["document"]) for row in rows]


async def broken(conn: Connection, incident_id: str, client_key: str) -> list[Pledge]:
    rows = await conn.fetch(
        """SELECT document::text AS document FROM promises
           WHERE incident_id = $1 AND client_key = $2 AND state = 'breached'""",
        incident_id,
        client_key,
    )
    return [_PLEDGE.validate_json(row["document"]) for row in rows]


async def save(conn: Connection, changed: Sequence[tuple[str, Pledge]]) -> None:
    """Write promises of these incidents."""
    if not changed:
        return
    pledges = [pledge for _, pledge in changed]
    await conn.execute(
        _SAVE,
        [incident_id for incident_id, _ in changed],
        [one.client_key for one in pledges],
        [one.promise.value for one in pledges],
        [one.due_at for one in pledges],
        [one.made_by for one in pledges],
        [one.state.value for one in pledges],
        [one.live for one in pledges],
        [one.current for one in pledges],
        [one.drill for one in pledges],
        [_PLEDGE.dump_json(one, exclude_none=True).decode() for one in pledges],
    )


async def counts(
    conn: Connection, asked: Collection[tuple[str, str]], now: datetime
) -> dict[str, dict[str, Counts]]:
    """``asked`` are incidents and clients; by both, what was judged of the client's promises. The
    month is that of ``now``, in UTC."""
    if not asked:
        return {}
    month = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    incident_ids, client_keys = zip(*asked, strict=True)
    rows = await conn.fetch(_COUNTS, list(incident_ids), list(client_keys), month)
    found: dict[str, dict[str, Counts]] = defaultdict(dict)
    for row in rows:
        incident_id, client_key, *counted = row
        found[incident_id][client_key] = Counts(*counted)
    return found


async def overview(conn: Connection, now: datetime) -> Overview:
    [row] = await conn.fetch(
        """SELECT count(*) FILTER (WHERE state = 'at_risk') AS at_risk,
                  count(*) FILTER (WHERE due_at < $1) AS overdue,
                  min(due_at) FILTER (WHERE due_at < $1) AS oldest
           FROM promises WHERE live AND NOT drill""",
        now,
    )
    return Overview(row["at_risk"], row["overdue"], row["oldest"])
