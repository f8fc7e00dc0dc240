"""After the resolve: the closing note, its meeting, its prevention items, the review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response

from incident_api.auth.dependencies import Operates
from incident_api.directory.view import DirectoryView
from incident_api.incidents import closing, closing_acts
from incident_api.incidents.acting import Place
from incident_api.incidents.carrying_out import carry_out
from incident_api.incidents.closing_bodies import Close, MovedMeeting, NewReview, Ticked
from incident_api.incidents.closing_shown import items_shown
from incident_api.incidents.recording import Recording
from incident_api.incidents.sending import send
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.models import Text
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.post("/close", summary="The closing note: cause, steps, prevention")
async def close_incident(
    incident_id: str, body: Close, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(closing_acts.CLOSE, place, body, request=request, actor=actor, once=once)


@router.put("/follow-up", summary="Set or move the meeting of a closed incident")
async def put_follow_up(
    incident_id: str, body: MovedMeeting, request: Request, actor: Operates, once: WithOnce
) -> Response:
    place = Place(incident_id)
    return await send(closing_acts.FOLLOW_UP, place, body, request=request, actor=actor, once=once)


@router.delete("/follow-up", status_code=204, summary="Call the meeting off")
async def delete_follow_up(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    reason: Annotated[Text | None, Query(max_length=2000)] = None,
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        if not closing.call_off_meeting(recording, (reason or "").strip() or None):
            raise not_found("meeting of the incident", recording.incident.ref)
        return Answer(204)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/prevention/{number}", summary="Note that a prevention item is done, or is not")
async def tick_prevention(
    incident_id: str,
    number: Annotated[int, Path(description="its place in the closing note, from 1")],
    body: Ticked,
    request: Request,
    actor: Operates,
    once: WithOnce,
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        closure = closing.tick_item(recording, number, done=body.done)
        if closure is None:
            raise not_found("prevention item", str(number))
        return Answer(200, items_shown(closure))

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.post("/review", summary="Tell clients that their review can be read")
async def publish_review(
    incident_id: str,
    request: Request,
    actor: Operates,
    once: WithOnce,
    body: Annotated[NewReview | None, Body()] = None,
) -> Response:
    place, said = Place(incident_id), body or NewReview()
    return await send(closing_acts.REVIEW, place, said, request=request, actor=actor, once=once)
