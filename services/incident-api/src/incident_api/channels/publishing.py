"""What operators ask of the dispatcher goes out as an event; it carries it out and says so."""

from __future__ import annotations

from tocsin_contracts.envelope import EventData
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import new_event

from incident_api.web.parts import Parts

SOURCE = "incident-api"


async def publish(conn: Connection, parts: Parts, data: EventData, subject: str) -> str:
    """The event's id; what is asked of one ``subject`` is carried out in order."""
    event = new_event(data, source=SOURCE, subject=subject, now=parts.clock.now())
    await parts.outbox.add(conn, [event])
    return event.id
