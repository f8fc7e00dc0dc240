"""What writes on a resolved or closed incident need to know besides its row."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.words import Status
from tocsin_runtime.database import Connection

from incident_api.incidents.closure import WORDS
from incident_api.incidents.model import Incident
from incident_api.promises.model import Promised
from incident_api.timeline import promises
from incident_api.timeline import store as timeline
from incident_api.timeline.lines import Line


@dataclass(frozen=True)
class Aftermath:
    """``promises`` of every client, and the ``lines`` of the closing note, oldest first."""

    promises: tuple[Promised, ...] = ()
    lines: tuple[Line, ...] = ()


async def read_aftermath(conn: Connection, incident: Incident) -> Aftermath:
    """Empty while the incident is open."""
    if incident.status not in (Status.RESOLVED, Status.CLOSED):
        return Aftermath()
    return Aftermath(
        tuple(await promises.of_incident(conn, incident.id)),
        tuple(await timeline.of_types(conn, incident.id, WORDS)),
    )
