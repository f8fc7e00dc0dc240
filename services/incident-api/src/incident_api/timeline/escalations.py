"""SQL for the copy of where each client's escalations stand."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.rows import as_rows
from incident_api.timeline.standing import Escalation, Key

COLUMNS = ", ".join(one.name for one in fields(Escalation))
_KEY = ("incident_id", "client_key", "chain")
_CHANGING = [one.name for one in fields(Escalation) if one.name not in (*_KEY, "id")]

_NOTE = f"""
INSERT INTO escalations ({COLUMNS})
SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::escalations, $1::text::jsonb)
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET
    ({", ".join(_CHANGING)}) = ({", ".join(f"EXCLUDED.{name}" for name in _CHANGING)})
WHERE escalations.changed_at <= EXCLUDED.changed_at
"""  # noqa: S608 — built from this file's own column names

_KNOWN = f"""
SELECT {", ".join(f"escalations.{one.name}" for one in fields(Escalation))}
FROM escalations JOIN unnest($1::text[], $2::text[], $3::text[]) AS asked ({", ".join(_KEY)})
USING ({", ".join(_KEY)})
"""  # noqa: S608 — built from this file's own column names


async def known(conn: Connection, keys: Sequence[Key]) -> dict[Key, Escalation]:
    columns = [[key[place] for key in keys] for place in range(len(_KEY))]
    found = [escalation_of(row) for row in await conn.fetch(_KNOWN, *columns)]
    return {one.key: one for one in found}


async def note(conn: Connection, escalations: Sequence[Escalation]) -> None:
    """As each stands now; an older state never replaces a newer one."""
    await conn.execute(_NOTE, as_rows(escalations))


async def of_incident(conn: Connection, incident_id: str) -> list[Escalation]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM escalations WHERE incident_id = $1 ORDER BY client_key, chain",  # noqa: S608
        incident_id,
    )
    return [escalation_of(row) for row in rows]


async def of_ids(conn: Connection, ids: Sequence[str]) -> list[Escalation]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM escalations WHERE id = ANY($1) ORDER BY client_key, chain",  # noqa: S608
        list(ids),
    )
    return [escalation_of(row) for row in rows]


def escalation_of(row: asyncpg.Record) -> Escalation:
    return Escalation(**dict(row))
