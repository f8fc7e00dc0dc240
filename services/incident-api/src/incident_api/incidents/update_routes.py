"""Written updates: what a person says is new."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from fastapi import APIRouter, Request, Response
from tocsin_contracts.words import Status
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.view import DirectoryView
from incident_api.incidents import bodies, store
from incident_api.incidents.carrying_out import carry_out
from incident_api.incidents.checks import check_eta, check_later, check_past, check_told
from incident_api.incidents.lifecycle import NotNow
from incident_api.incidents.recording import Recording
from incident_api.incidents.rules import status_wish
from incident_api.incidents.shown import update_shown
from incident_api.incidents.updates import Update
from incident_api.incidents.updating import Wording, write_update
from incident_api.web.etags import check_if_match, etag
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, invalid, not_found

router = APIRouter(prefix="/v1/incidents/{incident_id}/updates", tags=["incidents"])


@router.post("", status_code=201, summary="Write an update")
async def create_update(
    incident_id: str, body: bodies.NewUpdate, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, view: DirectoryView) -> Answer:
        _check(body, recording)
        update = write_update(recording, _wording(body, recording), view)
        return Answer(201, update_shown(update), {"ETag": etag(update.revision)})

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


def _check(body: bodies.NewUpdate, recording: Recording) -> None:
    for_clients = enumerate(body.audience.client_keys or ())
    check_told(recording, {key: f"/audience/client_keys/{place}" for place, key in for_clients})
    check_later(body.next_update_at, recording.now, "/next_update_at")
    check_eta(body.eta, recording)
    check_past(body.occurred_at, recording.now, "/occurred_at")


def _wording(body: bodies.NewUpdate, recording: Recording) -> Wording:
    sets = body.sets()
    if body.status is not None:
        sets["status"] = _status(body.status, recording)
    return Wording(
        message=body.message,
        occurred_at=body.occurred_at or recording.now,
        sets=sets,
        progress=body.progress,
        watch_until=body.watch_until,
        client_keys=body.audience.client_keys,
        internal_only=body.audience.internal_only,
        next_update_at=body.next_update_at,
        notify=body.notify,
    )


def _status(wished: str, recording: Recording) -> Status:
    if wished not in tuple(Status):
        raise invalid("/status", "An update's status is investigating, identified or monitoring.")
    call = status_wish(wished)
    if call is not None:
        raise NotNow(
            f"An update cannot make {recording.incident.ref} {wished};"
            f" that is {call.replace('{id}', recording.incident.ref)}."
        )
    return Status(wished)


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
        mended = _mended(update, body)
        recording = Recording(incident, (), actor=actor.label, now=once.parts.clock.now())
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
