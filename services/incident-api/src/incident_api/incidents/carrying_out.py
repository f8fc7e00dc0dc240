"""One request on one incident: lock it, let it change, write it, answer it as it is now."""

from __future__ import annotations

from typing import Any

from fastapi import Request, Response
from tocsin_runtime.database import Connection

from incident_api.alerts import store as alerts_store
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.incidents import family_store
from incident_api.incidents.acting import Act, Place, acted, load
from incident_api.incidents.recording import Recording
from incident_api.incidents.shown import incident_shown
from incident_api.incidents.writing import write
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts


async def carry_out(
    id_or_ref: str, act: Act, *, request: Request, actor: Actor, once: Once
) -> Response:
    """Runs ``act`` in one transaction, once per Idempotency-Key, honouring ``If-Match``.

    For calls that send, which may be held, see ``sending.py``.
    """

    async def effect(conn: Connection) -> Answer:
        now = once.parts.clock.now()
        recording = await load(conn, Place(id_or_ref), actor=actor.label, now=now)
        check_if_match(request, recording.incident.sequence)
        view = await read_view(conn)
        answer = acted(act, recording, view)
        await write(conn, once.parts, [recording], view)
        return answer or await answered(conn, recording, once.parts)

    return await once.run(actor.key_id, effect)


async def answered(conn: Connection, recording: Recording, parts: Parts) -> Answer:
    body = await shown_whole(conn, recording, parts)
    return Answer(200, body, {"ETag": etag(recording.incident.sequence)})


async def shown_whole(conn: Connection, recording: Recording, parts: Parts) -> dict[str, Any]:
    incident = recording.incident
    alerts = (await alerts_store.of_incidents(conn, [incident.id]))[incident.id]
    shown = incident_shown(incident, recording.clients, alerts, public_url=parts.public_url)
    return shown | {"children": await family_store.open_children(conn, incident.id)}
