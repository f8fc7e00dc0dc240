"""SQL for the copy of what was promised to each client and what became of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import fields
from typing import Any

from tocsin_contracts.words import Promise, PromiseState
from tocsin_runtime.database import Connection

from incident_api.promises.model import Promised
from incident_api.rows import as_rows

COLUMNS = ", ".join(field.name for field in fields(Promised))
_KEY = ("incident_id", "client_key", "promise", "due_at")
_CHANGING = [field.name for field in fields(Promised) if field.name not in _KEY]

_NOTE = f"""
INSERT INTO promises ({COLUMNS})
SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::promises, $1::text::jsonb)
ON CONFLICT ({", ".join(_KEY)}) DO UPDATE SET ({", ".join(_CHANGING)}) =
    ({", ".join(f"EXCLUDED.{name}" for name in _CHANGING)})
WHERE promises.changed_at <= EXCLUDED.changed_at
"""  # noqa: S608 — built from this file's own column names


async def note(conn: Connection, promised: Iterable[Promised]) -> None:
    """The newest of each promise; an older one never replaces it."""
    newest: dict[tuple[object, ...], Promised] = {}
    for one in promised:
        key = tuple(getattr(one, name) for name in _KEY)
        if key not in newest or newest[key].changed_at <= one.changed_at:
            newest[key] = one
    await conn.execute(_NOTE, as_rows(newest.values()))


async def of_incident(
    conn: Connection, incident_id: str, *, client_key: str | None = None
) -> list[Promised]:
    """By client, in the order of their moments; of one client, if it is named."""
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM promises WHERE incident_id = $1"  # noqa: S608
        " AND ($2::text IS NULL OR client_key = $2) ORDER BY client_key, due_at, promise",
        incident_id,
        client_key,
    )
    return [promised_of(row) for row in rows]


def promised_of(row: Mapping[str, Any]) -> Promised:
    values = dict(row)
    return Promised(
        **values | {"promise": Promise(values["promise"]), "state": PromiseState(values["state"])}
    )
