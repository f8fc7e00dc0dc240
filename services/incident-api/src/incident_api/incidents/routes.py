"""Incidents: opened, read, and moved through their states."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Request, Response
from fastapi.responses import JSONResponse
from tocsin_contracts.events import ClientReleased

from incident_api.alerts import store as alerts_store
from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.view import DirectoryView
from incident_api.incidents import bodies, holding_notice, lifecycle, store
from incident_api.incidents.carrying_out import carry_out
from incident_api.incidents.changing import change_fields
from incident_api.incidents.checks import check_eta, check_past, check_references, check_told
from incident_api.incidents.creating import create
from incident_api.incidents.recording import Recording
from incident_api.incidents.shown import incident_shown
from incident_api.web.etags import etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import WithParts
from incident_api.web.problem import invalid, not_found

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])


@router.post("", status_code=201, summary="Open an incident and tell whom it concerns")
async def create_incident(body: bodies.NewIncident, actor: Operates, once: WithOnce) -> Response:
    return await create(body, actor, once)


@router.get("/{incident_id}", summary="One incident, by id or reference")
async def get_incident(incident_id: str, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        incident = await store.find(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        clients = await store.read_audience(conn, incident.id)
        alerts = (await alerts_store.of_incidents(conn, [incident.id]))[incident.id]
    shown = incident_shown(incident, clients, alerts, public_url=parts.public_url)
    return JSONResponse(shown, headers={"ETag": etag(incident.sequence)})


@router.patch("/{incident_id}", summary="Change fields; clients hear of it unless notify is false")
async def patch_incident(
    incident_id: str, body: bodies.IncidentPatch, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, view: DirectoryView) -> None:
        check_references(view, body.wanted())
        check_eta(body.eta, recording)
        change_fields(recording, body.wanted(), view, notify=body.notify)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/{incident_id}/publish", summary="Tell the clients of an internal incident")
async def publish_incident(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    _body: Annotated[bodies.Publish | None, Body()] = None,
) -> Response:
    return await carry_out(incident_id, lifecycle.publish, request=request, actor=actor, once=once)


@router.post("/{incident_id}/holding-notice", summary="Send the holding notice now, or stop it")
async def holding_notice_of_incident(
    incident_id: str, body: bodies.HoldingNotice, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, view: DirectoryView) -> None:
        if body.action == "send":
            holding_notice.send(recording, view, body.reason)
        else:
            holding_notice.stop(recording, body.reason)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


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
    def act(recording: Recording, view: DirectoryView) -> None:
        check_past(body.resolved_at, recording.now, "/resolved_at")
        started = recording.incident.started_at
        if body.resolved_at is not None and body.resolved_at < started:
            raise invalid("/resolved_at", "This is before the incident started.")
        lifecycle.resolve(
            recording,
            view,
            message=body.message,
            checks=body.checks,
            resolved_at=body.resolved_at,
        )

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/{incident_id}/reopen", summary="It is back")
async def reopen_incident(
    incident_id: str, body: bodies.Reopen, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, view: DirectoryView) -> None:
        lifecycle.reopen(recording, view, message=body.message)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/{incident_id}/cancel", summary="It was a false alarm")
async def cancel_incident(
    incident_id: str, body: bodies.Cancel, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> None:
        lifecycle.cancel(recording, body.reason)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


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
