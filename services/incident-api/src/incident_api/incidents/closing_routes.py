"""After the resolve: the closing note, its meeting, its prevention items, the review."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Body, Path, Query, Request, Response

from incident_api.auth.dependencies import Operates
from incident_api.directory.view import DirectoryView
from incident_api.incidents import closing
from incident_api.incidents.carrying_out import carry_out
from incident_api.incidents.checks import check_later, check_told
from incident_api.incidents.closing_bodies import Close, MovedMeeting, NewReview, Ticked
from incident_api.incidents.closing_shown import items_shown
from incident_api.incidents.recording import Recording
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.models import Text
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.post("/close", summary="The closing note: cause, steps, prevention")
async def close_incident(
    incident_id: str, body: Close, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> None:
        check_told(recording, {key: f"/per_client/{key}" for key in body.per_client})
        if body.follow_up is not None:
            check_later(body.follow_up.starts_at, recording.now, "/follow_up/starts_at")
        closing.close(
            recording,
            root_cause=body.root_cause,
            steps_taken=body.steps_taken,
            prevention=body.prevented(),
            per_client=body.per_client,
            follow_up=None if body.follow_up is None else body.follow_up.follow_up(),
        )

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


@router.put("/follow-up", summary="Set or move the meeting of a closed incident")
async def put_follow_up(
    incident_id: str, body: MovedMeeting, request: Request, actor: Operates, once: WithOnce
) -> Response:
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        check_later(body.starts_at, recording.now, "/starts_at")
        meeting = closing.set_meeting(recording, body.follow_up(), body.reason)
        return Answer(200, meeting.model_dump(mode="json"))

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)


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
    def act(recording: Recording, _view: DirectoryView) -> Answer:
        summary = None if body is None else body.summary
        revision = closing.publish_review(recording, summary)
        shown = {"incident_id": recording.incident.id, "revision": revision, "summary": summary}
        return Answer(200, shown)

    return await carry_out(incident_id, act, request=request, actor=actor, once=once)
