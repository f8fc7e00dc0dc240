"""Where a question belongs: an incident, and a client in its audience."""

from __future__ import annotations

from tocsin_contracts.incident import AudienceClient
from tocsin_runtime.database import Connection

from incident_api.incidents import store as incidents
from incident_api.incidents.model import Incident
from incident_api.web.problem import invalid, not_found


async def place_of(conn: Connection, incident: Incident, client_key: str) -> AudienceClient | None:
    audience = await incidents.read_audience(conn, incident.id)
    return next((one for one in audience if one.client_key == client_key), None)


async def told_in(
    conn: Connection, id_or_ref: str, client_key: str
) -> tuple[Incident, AudienceClient]:
    """404 for an unknown incident, 422 for a client that it does not concern."""
    incident = await incidents.find(conn, id_or_ref)
    if incident is None:
        raise not_found("incident", id_or_ref)
    told = await place_of(conn, incident, client_key)
    if told is None:
        raise invalid(
            "/client_key",
            f"'{client_key}' is not in the audience; PATCH the incident's client_keys to add it.",
        )
    return incident, told
