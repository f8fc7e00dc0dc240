"""SQL for lists of incidents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.words import Severity, Status, Visibility
from tocsin_runtime.database import Connection

from incident_api.incidents.model import Incident
from incident_api.incidents.store import INCIDENT_COLUMNS, incident_of


@dataclass(frozen=True)
class Filters:
    """Each ``None`` or empty one lets everything through.

    ``system`` finds what names it and what reached a client's use of it; ``since`` and ``until``
    bound when it became known; ``text`` is looked for in reference, title and description.
    """

    statuses: tuple[Status, ...] = ()
    severities: tuple[Severity, ...] = ()
    system: str | None = None
    client: str | None = None
    visibility: Visibility | None = None
    since: datetime | None = None
    until: datetime | None = None
    text: str | None = None


_FIND = f"""
SELECT {INCIDENT_COLUMNS} FROM incidents AS i
WHERE ($1::text[] = '{{}}' OR status = ANY($1))
  AND ($2::text[] = '{{}}' OR severity = ANY($2))
  AND ($3::text IS NULL OR $3 = ANY(system_keys) OR EXISTS (
      SELECT 1 FROM audience_clients a WHERE a.incident_id = i.id AND $3 = ANY(a.systems)))
  AND ($4::text IS NULL OR EXISTS (
      SELECT 1 FROM audience_clients a WHERE a.incident_id = i.id AND a.client_key = $4))
  AND ($5::text IS NULL OR visibility = $5)
  AND ($6::timestamptz IS NULL OR known_at >= $6)
  AND ($7::timestamptz IS NULL OR known_at < $7)
  AND ($8::text IS NULL OR ref ILIKE $8 OR title ILIKE $8 OR description ILIKE $8)
  AND ($9::text IS NULL OR id < $9)
ORDER BY id DESC LIMIT $10
"""  # noqa: S608 — built from the store's own column names


async def newest_first(
    conn: Connection, filters: Filters, *, after: str | None, limit: int
) -> list[Incident]:
    """``after``: the id of the last one of the page before; ids are made in order of time."""
    rows = await conn.fetch(
        _FIND,
        list(filters.statuses),
        list(filters.severities),
        filters.system,
        filters.client,
        filters.visibility,
        filters.since,
        filters.until,
        None if filters.text is None else f"%{_literally(filters.text)}%",
        after,
        limit,
    )
    return [incident_of(row) for row in rows]


def _literally(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
