"""``POST /v1/incidents``: a person or a script opens an incident."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import asyncpg
from fastapi import Response
from tocsin_contracts.words import Visibility
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.alerts import store as alerts_store
from incident_api.alerts.store import Alert
from incident_api.audience.binding import check_digest
from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.incidents import acts, store
from incident_api.incidents.acting import Place
from incident_api.incidents.addressed import addressed
from incident_api.incidents.bodies import NewIncident, Publish
from incident_api.incidents.carrying_out import shown_whole
from incident_api.incidents.checks import check_later, check_past, check_references
from incident_api.incidents.joining import Opening, open_or_join
from incident_api.incidents.maintenance import note_work
from incident_api.incidents.opening import Draft
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import hold
from incident_api.incidents.writing import write
from incident_api.maintenance.alerts import running
from incident_api.maintenance.during import reach_of
from incident_api.web.etags import etag
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem

FIELDS_OF_DRAFT = (
    *("title", "description", "severity", "impact", "impact_level", "system_keys", "client_keys"),
    *("exclude_client_keys", "first_steps", "eta", "started_at", "visibility", "drill"),
)


TRIES = 4


async def create(body: NewIncident, actor: Actor, once: Once) -> Response:
    """201 with the incident; 200 with the one that is open already under its dedup key."""
    for _ in range(TRIES):
        try:
            return await _create(body, actor, once)
        except asyncpg.UniqueViolationError:
            # Its key, or its root, was opened at the same moment; now it is there to be found.
            continue
    raise Problem(
        "overloaded",
        "Others opened incidents of the same systems at the same moment each time; send it again.",
        headers={"Retry-After": "1"},
    )


async def _create(body: NewIncident, actor: Actor, once: Once) -> Response:

    async def effect(conn: Connection) -> Answer:
        view = await read_view(conn)
        check_new(body, view, once.parts.clock.now())
        before = await _current(conn, body, actor)
        if before is not None:
            there = await _open_incident(conn, before, once)
            if there is not None:
                return await _answer(conn, there, once, 200)
        return await _opened(conn, body, actor, once, view, before)

    return await once.run(actor.key_id, effect)


def check_new(body: NewIncident, view: DirectoryView, now: datetime) -> None:
    """Raises 422 for what only the directory and the clock can judge."""
    check_references(view, body.model_dump())
    check_past(body.started_at, now, "/started_at")
    check_later(body.eta, now, "/eta")


async def _current(conn: Connection, body: NewIncident, actor: Actor) -> Alert | None:
    """What the dedup key means today."""
    if body.dedup_key is None:
        return None
    found = await alerts_store.find_current(conn, actor.name, [body.dedup_key])
    return found.get(body.dedup_key)


async def _open_incident(conn: Connection, before: Alert, once: Once) -> Recording | None:
    incident = await store.lock(conn, before.incident_id)
    if incident is None or not incident.status.is_open:
        return None
    clients = await store.read_audience(conn, incident.id)
    return Recording(incident, clients, actor="", now=once.parts.clock.now())


async def _opened(
    conn: Connection,
    body: NewIncident,
    actor: Actor,
    once: Once,
    view: DirectoryView,
    before: Alert | None,
) -> Answer:
    parts = once.parts
    draft = draft_of(body, actor.label, before)
    (ref,) = await store.draw_refs(conn, 1)
    opening = Opening(view, incident_id=uuid7(), ref=ref, actor=actor.label, now=parts.clock.now())
    recordings = await open_or_join(conn, draft, opening)
    told = addressed(recordings)
    check_digest(body.audience_digest, told)
    holds = bool(body.hold_seconds and told)
    if holds:
        recordings = [_untold(opening, draft, as_decided=recordings[0])]
    recording = recordings[0]
    note_work(recording, await running(conn), reach_of(view))
    key = body.dedup_key
    await write(
        conn,
        parts,
        recordings,
        view,
        alerts=() if key is None else [_alert(body, key, recording, actor)],
        retired=() if before is None else [before.id],
    )
    answer = await _answer(conn, recording, once, 201)
    return await _held(conn, body, recording, parts, view, answer) if holds else answer


def _untold(opening: Opening, draft: Draft, *, as_decided: Recording) -> Recording:
    """Others become part of it as they would if it were published at once."""
    opened = opening.alone(replace(draft, visibility=Visibility.INTERNAL))
    opened.change(root_key=as_decided.incident.root_key)
    return opened


async def _held(
    conn: Connection,
    body: NewIncident,
    opened: Recording,
    parts: Parts,
    view: DirectoryView,
    answer: Answer,
) -> Answer:
    """It is open at once; only its publication is held."""
    said = Publish(hold_seconds=body.hold_seconds)
    tried = Recording(opened.incident, opened.clients, actor=opened.actor, now=opened.now)
    acts.PUBLISH.act(said)(tried, view)
    held = await hold(conn, parts, acts.PUBLISH, Place(opened.incident.id), said, tried, view)
    return replace(answer, body=answer.body | held.body)


def draft_of(body: NewIncident, actor: str, before: Alert | None = None) -> Draft:
    """``before`` is what the dedup key meant last."""
    fields: dict[str, Any] = {name: getattr(body, name) for name in FIELDS_OF_DRAFT}
    return Draft(
        **fields,
        source=f"Opened by {actor}",
        previous_incident_id=None if before is None else before.incident_id,
        firing=0 if body.dedup_key is None else 1,
    )


def _alert(body: NewIncident, key: str, recording: Recording, actor: Actor) -> Alert:
    """The dedup key is an alert of the caller's, which its ingest may resolve."""
    return Alert(
        id=uuid7(),
        integration=actor.name,
        dedup_key=key,
        incident_id=recording.incident.id,
        firing=True,
        severity=body.severity,
        title=body.title,
        received_at=recording.now,
        starts_at=body.started_at,
        system_names=body.system_keys,
        client_names=body.client_keys,
    )


async def _answer(conn: Connection, recording: Recording, once: Once, status: int) -> Answer:
    shown = await shown_whole(conn, recording, once.parts)
    headers = {
        "ETag": etag(recording.incident.sequence),
        "Location": f"/v1/incidents/{recording.incident.ref}",
    }
    return Answer(status, shown, headers)
