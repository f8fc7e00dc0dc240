"""SQL for what waits for a person, across incidents."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection

from incident_api.incidents.model import Incident
from incident_api.incidents.store import INCIDENT_COLUMNS, OPEN, incident_of

MOST = 200
"""More than anybody goes through; the oldest of each sort."""


async def unspoken(conn: Connection) -> list[Incident]:
    """Open incidents of which no client was told, nor ever will by themselves."""
    rows = await conn.fetch(
        f"SELECT {INCIDENT_COLUMNS} FROM incidents"  # noqa: S608
        f" WHERE {OPEN} AND parent_id IS NULL AND (NOT routed OR visibility = 'internal')"
        " ORDER BY id LIMIT $1",
        MOST,
    )
    return [incident_of(row) for row in rows]


@dataclass(frozen=True)
class Orphan:
    """An open incident for which one speaks that is over."""

    id: str
    ref: str
    since: datetime
    parent_ref: str
    parent_status: str


async def orphans(conn: Connection) -> list[Orphan]:
    rows = await conn.fetch(
        "SELECT i.id, i.ref, p.ref AS parent_ref, p.status AS parent_status,"  # noqa: S608
        " coalesce(p.resolved_at, p.closed_at, i.known_at) AS since"
        f" FROM incidents i JOIN incidents p ON p.id = i.parent_id"
        f" WHERE i.{OPEN} AND NOT p.{OPEN} ORDER BY i.id LIMIT $1",
        MOST,
    )
    return [Orphan(**dict(row)) for row in rows]


@dataclass(frozen=True)
class Waiting:
    """A client that waits for the directory; ``text`` is what the dispatcher said."""

    incident_id: str
    client_key: str
    since: datetime
    text: str


async def waiting_clients(conn: Connection) -> list[Waiting]:
    """Those for whom nothing has been planned since they began to wait."""
    rows = await conn.fetch(
        "SELECT t.incident_id, t.data->'client_keys'->>0 AS client_key,"  # noqa: S608
        " min(t.at) AS since, min(t.text) AS text"
        f" FROM timeline t JOIN incidents i ON i.id = t.incident_id AND i.{OPEN}"
        " WHERE t.type = 'client_waiting' AND NOT EXISTS ("
        "  SELECT FROM deliveries d WHERE d.incident_id = t.incident_id"
        "  AND d.client_key = t.data->'client_keys'->>0 AND d.planned_at >= t.at)"
        " GROUP BY 1, 2 ORDER BY 3 LIMIT $1",
        MOST,
    )
    return [Waiting(**dict(row)) for row in rows]


@dataclass(frozen=True)
class Unreached:
    """A client's person whom nothing reached; ``text`` is what the timeline said."""

    incident_id: str
    client_key: str
    person: str
    since: datetime
    text: str


_UNREACHED = f"""
SELECT t.incident_id, t.data->'client_keys'->>0 AS client_key, t.data->>'person' AS person,
       min(t.at) AS since, min(t.text) AS text
FROM timeline t JOIN incidents i ON i.id = t.incident_id AND i.{OPEN}
WHERE t.type = 'contact_unreachable'
  AND NOT EXISTS (
    SELECT FROM deliveries d WHERE d.incident_id = t.incident_id
    AND d.client_key = t.data->'client_keys'->>0 AND d.person = t.data->>'person'
    AND d.state IN ('accepted', 'delivered') AND d.changed_at >= t.at)
  AND NOT EXISTS (
    SELECT FROM timeline c WHERE c.incident_id = t.incident_id AND c.type = 'contact_made'
    AND c.data->'client_keys' = t.data->'client_keys' AND c.data->>'person' = t.data->>'person'
    AND c.at >= t.at)
GROUP BY 1, 2, 3 ORDER BY 4 LIMIT $1
"""  # noqa: S608 — built from the store's own words


async def unreached(conn: Connection) -> list[Unreached]:
    """Nobody has reached them since: neither a message nor a call that was logged."""
    return [Unreached(**dict(row)) for row in await conn.fetch(_UNREACHED, MOST)]


async def incidents_shown(conn: Connection, ids: Iterable[str]) -> dict[str, dict[str, Any]]:
    """What an answer says of each, by id."""
    wanted: Sequence[str] = sorted(set(ids))
    rows = await conn.fetch(
        "SELECT id, ref, title, severity, status FROM incidents WHERE id = ANY($1)", wanted
    )
    return {row["id"]: dict(row) for row in rows}
