"""Incidents: opened, read, and moved through their states."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from tocsin_contracts.events import ClientReleased

from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.view import DirectoryView
from incident_api.incidents import acts, bodies, lifecycle, store
from incident_api.incidents.acting import Place
from incident_api.incidents.carrying_out import carry_out, shown_whole
from incident_api.incidents.checks import check_told
from incident_api.incidents.creating import create
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import send
from incident_api.web.etags import etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.post("", status_code=201, summary="Open an incident and tell whom it concerns")
async def create_incident(body: bodies.NewIncident, actor: Operates, once: WithOnce) -> Response:
    return await create(body, actor, once)


@router.get("/{incident_id}", summary="One incident, by id or reference")
async def get_incident(incident_id: str, actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        incident = await store.find(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        clients = await store.read_audience(conn, incident.id)
        found = Recording(incident, clients, actor=actor.label, now=parts.clock.now())
        shown = await shown_whole(conn, found, parts)
    return JSONResponse(shown, headers={"ETag": etag(incident.sequence)})


@router.patch("/{incident_id}", summary="Change fields; clients hear of it unless notify is false")
async def patch_incident(
    incident_id: str, body: bodies.IncidentPatch, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.PATCH, place, body, request=request, actor=actor, once=once)


@router.post("/{incident_id}/publish", summary="Tell the clients of an internal incident")
async def publish_incident(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.Publish | None, Body()] = None,
) -> Response:
    place, said = Place(incident_id), body or bodies.Publish()
    return await send(acts.PUBLISH, place, said, request=request, actor=actor, once=once)


@router.post("/{incident_id}/holding-notice", summary="Send the holding notice now, or stop it")
async def holding_notice_of_incident(
    incident_id: str, body: bodies.HoldingNotice, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.HOLDING_NOTICE, place, body, request=request, actor=actor, once=once)


@router.post("/{incident_id}/acknowledge", summary="The NOC has it")
async def acknowledge_incident(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.Acknowledge | None, Body()] = None,
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> None:
        lifecycle.acknowledge(recording, None if body is None else body.note)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/{incident_id}/resolve", summary="It works again")
async def resolve_incident(
    incident_id: str, body: bodies.Resolve, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.RESOLVE, place, body, request=request, actor=actor, once=once)


@router.post("/{incident_id}/reopen", summary="It is back")
async def reopen_incident(
    incident_id: str, body: bodies.Reopen, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.REOPEN, place, body, request=request, actor=actor, once=once)


@router.post("/{incident_id}/cancel", summary="It was a false alarm")
async def cancel_incident(
    incident_id: str, body: bodies.Cancel, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.CANCEL, place, body, request=request, actor=actor, once=once)


@router.post("/{incident_id}/parent", summary="Make it part of another, or let it stand alone")
async def link_incident(
    incident_id: str, body: bodies.Parent, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.PARENT, place, body, request=request, actor=actor, once=once)


@router.post(
    "/{incident_id}/release",
    status_code=202,
    summary="Tell a client that waits for the directory with what the dispatcher knows",
)
async def release_client(
    incident_id: str, body: bodies.Release, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        check_told(recording, {body.client_key: "/client_key"})
        released = ClientReleased(
            incident_id=recording.incident.id, client_key=body.client_key, actor=recording.actor
        )
        recording.announce(released, f"{body.client_key} is told without waiting any longer.")
        return Answer(202, {"incident_id": recording.incident.id, "client_key": body.client_key})

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/{incident_id}/contacts-made", status_code=201, summary="Somebody was told by phone")
async def log_contact(
    incident_id: str, body: bodies.ContactMade, request: Request, actor: Operates, once: WithOnce
) -> Response:
    act = acts.contact_made(body)
    return await carry_out(incident_id, act, request=request, actor=actor, once=once)
