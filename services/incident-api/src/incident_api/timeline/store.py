"""SQL for the timeline: what happened, and one line for each message, client and channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.rows import as_rows
from incident_api.timeline.lines import Line

_LINE = "id, incident_id, sequence, at, type, actor, text, event_id, data"


@dataclass(frozen=True)
class Told:
    """All messages of one kind that tell one client of one event on one channel, counted."""

    id: str
    at: datetime
    event_id: str
    kind: str
    client_key: str | None
    channel: str
    counts: Mapping[str, int]
    confirmed: int = 0


async def find_incident(conn: Connection, id_or_ref: str) -> str | None:
    found: str | None = await conn.fetchval(
        "SELECT id FROM incidents WHERE id = $1 OR ref = upper($1)", id_or_ref
    )
    return found


async def find_window(conn: Connection, id_or_ref: str) -> str | None:
    found: str | None = await conn.fetchval(
        "SELECT id FROM maintenance_windows WHERE id = $1 OR ref = upper($1)", id_or_ref
    )
    return found


async def add_lines(conn: Connection, lines: Sequence[Line]) -> None:
    """Lines from elsewhere; one of an incident or window that we do not know is left out."""
    await conn.execute(
        f"INSERT INTO timeline ({_LINE}) SELECT {_LINE}"  # noqa: S608
        " FROM jsonb_populate_recordset(NULL::timeline, $1::text::jsonb) AS line"
        " WHERE EXISTS (SELECT 1 FROM incidents i WHERE i.id = line.incident_id)"
        " OR EXISTS (SELECT 1 FROM maintenance_windows w WHERE w.id = line.incident_id)",
        as_rows(lines),
    )


async def of_types(conn: Connection, incident_id: str, types: Sequence[str]) -> list[Line]:
    """The lines of these types, oldest first."""
    rows = await conn.fetch(
        f"SELECT {_LINE} FROM timeline WHERE incident_id = $1 AND type = ANY($2)"  # noqa: S608
        " ORDER BY at, id",
        incident_id,
        list(types),
    )
    return [_line(row, incident_id) for row in rows]


async def of_ids(conn: Connection, ids: Sequence[str]) -> list[Line]:
    """Oldest first."""
    rows = await conn.fetch(
        f"SELECT {_LINE} FROM timeline WHERE id = ANY($1) ORDER BY at, id",  # noqa: S608
        list(ids),
    )
    return [_line(row, row["incident_id"]) for row in rows]


_ENTRIES = """
SELECT id, at, false AS is_told, sequence, type, actor, text, event_id, data,
       NULL AS client_key, NULL AS channel, NULL AS kind, NULL::jsonb AS counts, NULL AS confirmed
FROM timeline
WHERE incident_id = $1 AND ($2::timestamptz IS NULL OR (at, id) < ($2, $3))
UNION ALL
SELECT id, at, true, NULL, NULL, NULL, NULL, cause_id, NULL, client_key, channel, kind, counts,
       confirmed
FROM (
    SELECT min(id) AS id, min(at) AS at, cause_id, client_key, channel, kind,
           jsonb_object_agg(state, count) AS counts, sum(confirmed)::integer AS confirmed
    FROM (
        SELECT cause_id, client_key, channel, kind, state, count(*) AS count,
               min(planned_at) AS at, min(id) AS id,
               count(*) FILTER (
                   WHERE EXISTS (SELECT FROM receipts r WHERE r.delivery_id = deliveries.id)
               ) AS confirmed
        FROM deliveries WHERE incident_id = $1
        GROUP BY cause_id, client_key, channel, kind, state
    ) AS states
    GROUP BY cause_id, client_key, channel, kind
) AS told
WHERE $2::timestamptz IS NULL OR (at, id) < ($2, $3)
ORDER BY at DESC, id DESC
LIMIT $4
"""


async def newest_first(
    conn: Connection, incident_id: str, *, after: tuple[datetime, str] | None, limit: int
) -> list[Line | Told]:
    """``after``: moment and id of the last entry of the page before."""
    moment, entry_id = after or (None, None)
    rows = await conn.fetch(_ENTRIES, incident_id, moment, entry_id, limit)
    return [_told(row) if row["is_told"] else _line(row, incident_id) for row in rows]


def _told(row: asyncpg.Record) -> Told:
    return Told(
        id=row["id"],
        at=row["at"],
        event_id=row["event_id"],
        kind=row["kind"],
        client_key=row["client_key"],
        channel=row["channel"],
        counts=row["counts"],
        confirmed=row["confirmed"],
    )


def _line(row: asyncpg.Record, incident_id: str) -> Line:
    values: dict[str, Any] = {
        name: row[name]
        for name in ("id", "sequence", "at", "type", "actor", "text", "event_id", "data")
    }
    return Line(incident_id=incident_id, **values)
