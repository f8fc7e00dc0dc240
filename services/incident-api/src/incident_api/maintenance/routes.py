"""Planned work: announced, read, moved through its states."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Request, Response
from fastapi.responses import JSONResponse
from tocsin_contracts.events import ClientReleased
from tocsin_contracts.words import MaintenanceStatus

from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.view import DirectoryView
from incident_api.maintenance import bodies, lifecycle, store
from incident_api.maintenance.announcing import announce, refuse_change
from incident_api.maintenance.carrying_out import answered, carry_out
from incident_api.maintenance.recording import WindowRecording
from incident_api.maintenance.shown import window_shown
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.models import Time
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import invalid, not_found

router = APIRouter(prefix="/v1/maintenance-windows", tags=["maintenance"])

Key = Annotated[str | None, Query(max_length=63)]


@router.post("", status_code=201, summary="Announce planned work to those it concerns")
async def create_window(body: bodies.NewWindow, actor: Operates, once: WithOnce) -> Response:
    return await announce(body, actor, once)


@router.get("", summary="Maintenance windows, newest first")
async def list_windows(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    status: Listed = None,
    system: Key = None,
    client: Key = None,
    since: Time | None = None,
    until: Time | None = None,
) -> dict[str, Any]:
    filters = store.Filters(
        listed(MaintenanceStatus, status, "status"), system, client, since, until
    )
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        found = await store.newest_first(conn, filters, after=after, limit=page.fetch)
    return paged(
        found,
        page,
        shown=lambda one: window_shown(one, public_url=parts.public_url),
        position=lambda one: (one.id,),
    )


@router.get("/{window_id}", summary="One window, by id or reference")
async def get_window(window_id: str, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        window = await store.find(conn, window_id)
    if window is None:
        raise not_found("maintenance window", window_id)
    answer = answered(window, parts, 200)
    return JSONResponse(answer.body, headers=dict(answer.headers))


@router.patch("/{window_id}", summary="Change it; new times are told with the old ones")
async def patch_window(
    window_id: str, body: bodies.WindowPatch, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: WindowRecording, view: DirectoryView) -> None:
        refuse_change(recording, body, view)
        lifecycle.change(recording, body.wanted(), view, reason=body.reason, notify=body.notify)

    digest = body.audience_digest
    return await carry_out(window_id, act, request=request, actor=actor, once=once, digest=digest)


@router.post("/{window_id}/start", summary="The work starts; by itself it does at starts_at")
async def start_window(
    window_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.Start | None, Body()] = None,
) -> Response:
    def act(recording: WindowRecording, view: DirectoryView) -> None:
        lifecycle.start(recording, view, at=recording.now)

    digest = body.audience_digest if body else None
    return await carry_out(window_id, act, request=request, actor=actor, once=once, digest=digest)


@router.post("/{window_id}/end", summary="The work is over: done, partly done or undone")
async def end_window(
    window_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.End | None, Body()] = None,
) -> Response:
    def act(recording: WindowRecording, _view: DirectoryView) -> None:
        said = body or bodies.End()
        lifecycle.end(recording, said.outcome, said.message)

    digest = body.audience_digest if body else None
    return await carry_out(window_id, act, request=request, actor=actor, once=once, digest=digest)


@router.post("/{window_id}/cancel", summary="It does not take place")
async def cancel_window(
    window_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.Cancel | None, Body()] = None,
) -> Response:
    def act(recording: WindowRecording, _view: DirectoryView) -> None:
        lifecycle.cancel(recording, body.reason if body else None)

    digest = body.audience_digest if body else None
    return await carry_out(window_id, act, request=request, actor=actor, once=once, digest=digest)


@router.post(
    "/{window_id}/release",
    status_code=202,
    summary="Tell a client that waits for the directory with what the dispatcher knows",
)
async def release_client(
    window_id: str, body: bodies.Release, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: WindowRecording, _view: DirectoryView) -> Answer:
        key, window = body.client_key, recording.window
        if key not in {client.client_key for client in window.clients}:
            raise invalid("/client_key", f"'{key}' is not among those the work concerns.")
        released = ClientReleased(incident_id=window.id, client_key=key, actor=recording.actor)
        recording.announce(released, f"{key} is told without waiting any longer.")
        return Answer(202, {"maintenance_window_id": window.id, "client_key": key})

    return await carry_out(window_id, act, request=request, actor=actor, once=once)
