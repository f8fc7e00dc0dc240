"""One request on one incident: lock it, let it change, write it, answer it as it is now."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fastapi import Request, Response
from tocsin_runtime.database import Connection

from incident_api.alerts import store as alerts_store
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import store
from incident_api.incidents.aftermath import read_aftermath
from incident_api.incidents.lifecycle import NotNow
from incident_api.incidents.recording import Recording
from incident_api.incidents.shown import incident_shown
from incident_api.incidents.writing import write
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem, not_found

Act = Callable[[Recording, DirectoryView], Answer | None]
"""Changes the recording; may return what to answer instead of the incident."""


async def carry_out(
    id_or_ref: str, act: Act, *, request: Request, actor: Actor, once: Once
) -> Response:
    """Runs ``act`` in one transaction, once per Idempotency-Key, honouring ``If-Match``."""

    async def effect(conn: Connection) -> Answer:
        recording = await _locked(conn, id_or_ref, request, actor, once.parts)
        view = await read_view(conn)
        try:
            answer = act(recording, view)
        except NotNow as refusal:
            raise Problem("conflict", str(refusal)) from refusal
        await write(conn, once.parts, [recording], view)
        if answer is not None:
            return answer
        body = await shown_whole(conn, recording, once.parts)
        return Answer(200, body, {"ETag": etag(recording.incident.sequence)})

    return await once.run(actor.key_id, effect)


async def _locked(
    conn: Connection, id_or_ref: str, request: Request, actor: Actor, parts: Parts
) -> Recording:
    incident = await store.lock(conn, id_or_ref)
    if incident is None:
        raise not_found("incident", id_or_ref)
    check_if_match(request, incident.sequence)
    clients = await store.read_audience(conn, incident.id)
    recording = Recording(incident, clients, actor=actor.label, now=parts.clock.now())
    recording.aftermath = await read_aftermath(conn, incident)
    return recording


async def shown_whole(conn: Connection, recording: Recording, parts: Parts) -> dict[str, Any]:
    incident = recording.incident
    alerts = (await alerts_store.of_incidents(conn, [incident.id]))[incident.id]
    return incident_shown(incident, recording.clients, alerts, public_url=parts.public_url)
