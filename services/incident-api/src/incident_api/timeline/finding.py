"""The incident that an address names."""

from __future__ import annotations

from tocsin_runtime.database import Connection

from incident_api.timeline.store import find_incident
from incident_api.web.problem import not_found


async def known_incident(conn: Connection, id_or_ref: str) -> str:
    """Its id; 404 where there is none."""
    found = await find_incident(conn, id_or_ref)
    if found is None:
        raise not_found("incident", id_or_ref)
    return found
