"""The incident copies, one row each."""

from __future__ import annotations

from pydantic import TypeAdapter
from tocsin_runtime.database import Connection

from escalation.incidents.rules import Incident

_INCIDENT = TypeAdapter(Incident)


async def load(conn: Connection, incident_id: str) -> Incident | None:
    document = await conn.fetchval("SELECT document FROM incidents WHERE id = $1", incident_id)
    return None if document is None else _INCIDENT.validate_python(document)


async def save(conn: Connection, incident: Incident) -> None:
    await conn.execute(
        """INSERT INTO incidents (id, epoch, sequence, document) VALUES ($1, $2, $3, $4)
           ON CONFLICT (id) DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence,
               document = excluded.document, updated_at = now()""",
        incident.id,
        incident.epoch,
        incident.sequence,
        _INCIDENT.dump_python(incident, mode="json"),
    )
