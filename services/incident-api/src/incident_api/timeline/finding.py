"""The incident, or planned work, that an address names."""

from __future__ import annotations

from tocsin_runtime.database import Connection

from incident_api.timeline.store import find_incident, find_window
from incident_api.web.problem import not_found


async def known_incident(conn: Connection, id_or_ref: str) -> str:
    """Its id; 404 where there is none."""
    found = await find_incident(conn, id_or_ref)
    if found is None:
        raise not_found("incident", id_or_ref)
    return found


async def known_subject(conn: Connection, id_or_ref: str) -> str:
    """The id of an incident or of a maintenance window; 404 where there is neither."""
    found = await find_incident(conn, id_or_ref) or await find_window(conn, id_or_ref)
    if found is None:
        raise not_found("incident or maintenance window", id_or_ref)
    return found
