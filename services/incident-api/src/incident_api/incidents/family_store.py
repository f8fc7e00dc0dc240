"""SQL for incidents that are part of others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from tocsin_runtime.database import Connection

from incident_api.incidents.model import Incident
from incident_api.incidents.store import INCIDENT_COLUMNS, OPEN, incident_of

MAY_COME_BACK = "status NOT IN ('closed', 'cancelled')"

# One statement in one order, so that two writes on one family cannot deadlock.
_LOCK = f"""
SELECT {INCIDENT_COLUMNS} FROM incidents
WHERE id = ANY($1)
   OR (parent_id = $2 AND {MAY_COME_BACK})
   OR id = (SELECT parent_id FROM incidents WHERE id = $2)
   OR (parent_id = (SELECT parent_id FROM incidents WHERE id = $2) AND {MAY_COME_BACK})
ORDER BY id FOR UPDATE
"""  # noqa: S608 — built from the store's own column names


async def lock_family(
    conn: Connection, incident_id: str, wanted_id: str | None
) -> dict[str, Incident]:
    """The incident, its parent, children and siblings, and the one it is to become part of."""
    ids = [incident_id] if wanted_id is None else [incident_id, wanted_id]
    rows = await conn.fetch(_LOCK, ids, incident_id)
    return {row["id"]: incident_of(row) for row in rows}


async def root_of(conn: Connection, id_or_ref: str) -> str | None:
    """The id of an incident, or of the one it is part of; ``None``: there is no such incident."""
    found: str | None = await conn.fetchval(
        "SELECT coalesce(parent_id, id) FROM incidents WHERE id = $1 OR ref = upper($1)", id_or_ref
    )
    return found


async def lock_holder(conn: Connection, root_key: str) -> Incident | None:
    """The open incident that later ones of the same root become part of."""
    row = await conn.fetchrow(
        f"SELECT {INCIDENT_COLUMNS} FROM incidents"  # noqa: S608
        f" WHERE root_key = $1 AND {OPEN} FOR UPDATE",
        root_key,
    )
    return None if row is None else incident_of(row)


async def release_roots(conn: Connection, ids: Sequence[str]) -> None:
    """Later incidents of the same root become part of another one than these from now on."""
    await conn.execute("UPDATE incidents SET root_key = NULL WHERE id = ANY($1)", list(ids))


async def open_children(conn: Connection, incident_id: str) -> list[dict[str, Any]]:
    """What an answer says of them."""
    rows = await conn.fetch(
        "SELECT id, ref, title, severity, status FROM incidents"  # noqa: S608
        f" WHERE parent_id = $1 AND {OPEN} ORDER BY id",
        incident_id,
    )
    return [dict(row) for row in rows]


@dataclass(frozen=True)
class Kin:
    """How many open children an incident has, and whether alerts ever were its own."""

    open_children: int
    alerted: bool


NO_KIN = Kin(open_children=0, alerted=False)


async def kin_of(conn: Connection, ids: Sequence[str]) -> Mapping[str, Kin]:
    rows = await conn.fetch(
        "SELECT one.id,"  # noqa: S608
        f" (SELECT count(*) FROM incidents WHERE parent_id = one.id AND {OPEN}) AS children,"
        " EXISTS (SELECT FROM alerts WHERE incident_id = one.id) AS alerted"
        " FROM unnest($1::text[]) AS one(id)",
        list(ids),
    )
    return {row["id"]: Kin(row["children"], row["alerted"]) for row in rows}
