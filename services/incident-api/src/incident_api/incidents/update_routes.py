"""Written updates: what a person says is new."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated, Any

from fastapi import APIRouter, Body, Request, Response
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Operates, Reads
from incident_api.incidents import acts, bodies, store
from incident_api.incidents.acting import Place
from incident_api.incidents.checks import check_occurred
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import send
from incident_api.incidents.shown import update_shown
from incident_api.incidents.updates import Update
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, invalid, not_found

router = APIRouter(prefix="/v1/incidents/{incident_id}/updates", tags=["incidents"])
no_news_router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@no_news_router.post("/no-news", status_code=201, summary="Tell clients that there is no news")
async def say_no_news(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[bodies.NoNews | None, Body()] = None,
) -> Response:
    place, said = Place(incident_id), body or bodies.NoNews()
    return await send(acts.NO_NEWS, place, said, request=request, actor=actor, once=once)


@router.post("", status_code=201, summary="Write an update")
async def create_update(
    incident_id: str, body: bodies.NewUpdate, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(acts.UPDATE, place, body, request=request, actor=actor, once=once)


@router.post(
    "/{update_id}/correct", status_code=201, summary="Put right what was told, to those who got it"
)
async def correct_update(
    incident_id: str,
    update_id: str,
    body: bodies.Correct,
    request: Request,
    actor: Operates,
    once: WithOnce,
) -> Response:
    place = Place(incident_id, update_id)
    return await send(acts.CORRECT, place, body, request=request, actor=actor, once=once)


@router.get("", summary="What was written, oldest first")
async def list_updates(incident_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        incident = await store.find(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        updates = await store.read_updates(conn, incident.id)
    return {"items": [update_shown(update) for update in updates], "next_cursor": None}


@router.patch("/{update_id}", summary="Mend an update without telling anybody")
async def mend_update(
    incident_id: str,
    update_id: str,
    body: bodies.UpdatePatch,
    request: Request,
    actor: Operates,
    once: WithOnce,
) -> Response:
    async def effect(conn: Connection) -> Answer:
        incident = await store.lock(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        update = await store.lock_update(conn, incident.id, update_id)
        if update is None:
            raise not_found("update", update_id)
        check_if_match(request, update.revision)
        now = once.parts.clock.now()
        check_occurred(body.occurred_at, incident, now)
        mended = _mended(update, body)
        recording = Recording(incident, (), actor=actor.label, now=now)
        recording.note("update_mended", _sentence(body), data={"update_id": update.id})
        await store.mend_update(conn, mended)
        await store.save(conn, [recording])
        return Answer(200, update_shown(mended), {"ETag": etag(mended.revision)})

    return await once.run(actor.key_id, effect)


def _mended(update: Update, body: bodies.UpdatePatch) -> Update:
    if body.struck and not update.internal_only:
        raise Problem(
            "conflict",
            "Only internal notes can be struck; clients have read this one,"
            " so write another update that says what is right.",
        )
    given: dict[str, Any] = {
        name: getattr(body, name)
        for name in ("message", "progress", "occurred_at")
        if name in body.model_fields_set
    }
    if given.get("occurred_at", update.occurred_at) is None:
        raise invalid("/occurred_at", "This time cannot be emptied.")
    if body.struck:
        given |= {"struck": True, "strike_reason": body.reason}
    return replace(update, **given, revision=update.revision + 1)


def _sentence(body: bodies.UpdatePatch) -> str:
    if body.struck:
        return f"A note was struck: {body.reason}"
    return "The text of an update was mended."
