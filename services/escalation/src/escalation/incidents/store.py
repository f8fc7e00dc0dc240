"""The incident copies, one row each."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import TypeAdapter
from tocsin_runtime.database import Connection

from escalation.incidents.rules import Incident

_INCIDENT = TypeAdapter(Incident)


async def load(conn: Connection, incident_id: str) -> Incident | None:
    return (await load_all(conn, [incident_id])).get(incident_id)


async def load_all(conn: Connection, incident_ids: Collection[str]) -> dict[str, Incident]:
    """Those that are known, by id."""
    rows = await conn.fetch(
        "SELECT id, document::text AS document FROM incidents WHERE id = ANY($1::text[])",
        list(incident_ids),
    )
    return {row["id"]: _INCIDENT.validate_json(row["document"]) for row in rows}


async def save(conn: Connection, incident: Incident) -> None:
    await conn.execute(
        """INSERT INTO incidents (id, epoch, sequence, document)
           VALUES ($1, $2, $3, $4::text::jsonb)
           ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,
               document = excluded.document, updated_at = now()""",
        incident.id,
        incident.epoch,
        incident.sequence,
        _INCIDENT.dump_json(incident, exclude_none=True).decode(),
    )
