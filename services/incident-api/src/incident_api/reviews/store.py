"""SQL for what a review is built from."""

from __future__ import annotations

from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.directory.store import read_view
from incident_api.incidents import store as incidents
from incident_api.incidents.closure import closure_of
from incident_api.incidents.model import Incident
from incident_api.reviews.facts import Facts, Missed, Told
from incident_api.timeline import feedback_store, promises
from incident_api.timeline.lines import Line

MOST_MISSED = 200

_TOLD = """
SELECT cause_id, kind, client_key, channel, state, count(*) AS count, min(changed_at) AS at
FROM deliveries WHERE incident_id = $1 AND ($2::text IS NULL OR client_key = $2)
GROUP BY cause_id, kind, client_key, channel, state
ORDER BY min(changed_at), cause_id, client_key, channel
"""
_MISSED = """
SELECT client_key, CASE WHEN person_name = '' THEN person ELSE person_name END AS person,
       channel, kind, state, reason, changed_at AS at
FROM deliveries
WHERE incident_id = $1 AND ($2::text IS NULL OR client_key = $2) AND state IN ('failed', 'skipped')
ORDER BY changed_at, id LIMIT $3
"""
_LINES = """
SELECT id, sequence, at, type, actor, text, event_id, data FROM timeline
WHERE incident_id = $1 ORDER BY at, id
"""


async def read_facts(
    conn: Connection, incident: Incident, *, now: datetime, client_key: str | None = None
) -> Facts:
    """Everything known of one incident; of messages and promises those of one client, if named.

    That spares reading what its copy leaves out; what it leaves out is decided by the filter.
    """
    whose = (incident.id, client_key)
    lines = await _lines(conn, incident.id)
    return Facts(
        incident=incident,
        audience=await incidents.read_audience(conn, incident.id),
        view=await read_view(conn),
        now=now,
        lines=lines,
        updates=await incidents.read_updates(conn, incident.id),
        told=[Told(**dict(row)) for row in await conn.fetch(_TOLD, *whose)],
        promised=await promises.of_incident(conn, incident.id, client_key=client_key),
        closure=closure_of(lines),
        missed=[Missed(**dict(row)) for row in await conn.fetch(_MISSED, *whose, MOST_MISSED)],
        feedback=await feedback_store.of_incident(conn, incident.id),
    )


async def _lines(conn: Connection, incident_id: str) -> list[Line]:
    rows = await conn.fetch(_LINES, incident_id)
    return [Line(incident_id=incident_id, **dict(row)) for row in rows]
