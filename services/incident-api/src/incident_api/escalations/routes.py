"""``/v1/escalations``: who is called for which client, and an operator's answer to it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Verb

from incident_api.auth.dependencies import Operates, Reads
from incident_api.escalations import store
from incident_api.escalations.answering import answer
from incident_api.escalations.bodies import Answered, HandOver, Paused, Reasoned, Taken
from incident_api.timeline.finding import known_incident
from incident_api.web.idempotency import WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/escalations", tags=["escalations"])

OptionalAnswer = Annotated[Answered | None, Body()]
OptionalTake = Annotated[Taken | None, Body()]
OneIncident = Annotated[str | None, Query(max_length=63, description="id or reference")]
OneChain = Annotated[
    ChainKind | None, Query(description="'account': your own people, 'client': the client's")
]


class Standing(StrEnum):
    ARMED = "armed"
    NOTIFIED = "notified"
    TAKEN = "taken"
    CONFIRMED = "confirmed"
    EXHAUSTED = "exhausted"
    STOPPED = "stopped"


@router.get("", summary="Where each client's escalations stand, newest first")
async def list_escalations(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    incident: OneIncident = None,
    status: Listed = None,
    chain: OneChain = None,
) -> dict[str, Any]:
    states = listed(Standing, status, "status")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            incident_id=None if incident is None else await known_incident(conn, incident),
            states=states,
            chain=chain,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


@router.post("/{escalation_id}/take", status_code=202, summary="Somebody speaks for us with them")
async def take_escalation(
    escalation_id: str, actor: Operates, once: WithOnce, body: OptionalTake = None
) -> Response:
    return await answer(escalation_id, Verb.TAKE, body or Taken(), actor, once)


@router.post("/{escalation_id}/decline", status_code=202, summary="Pass on to whoever is next")
async def decline_escalation(
    escalation_id: str, actor: Operates, once: WithOnce, body: OptionalAnswer = None
) -> Response:
    return await answer(escalation_id, Verb.DECLINE, body or Answered(), actor, once)


@router.post("/{escalation_id}/hand-over", status_code=202, summary="Ask a named colleague")
async def hand_over_escalation(
    escalation_id: str, body: HandOver, actor: Operates, once: WithOnce
) -> Response:
    return await answer(escalation_id, Verb.HAND_OVER, body, actor, once)


@router.post(
    "/{escalation_id}/pause",
    status_code=202,
    summary="Call nobody for this client for some time, neither your people nor theirs",
)
async def pause_escalation(
    escalation_id: str, body: Paused, actor: Operates, once: WithOnce
) -> Response:
    return await answer(escalation_id, Verb.PAUSE, body, actor, once)


@router.post(
    "/{escalation_id}/resume", status_code=202, summary="Go on; what came due meanwhile goes out"
)
async def resume_escalation(
    escalation_id: str, actor: Operates, once: WithOnce, body: OptionalAnswer = None
) -> Response:
    return await answer(escalation_id, Verb.RESUME, body or Answered(), actor, once)


@router.post(
    "/{escalation_id}/escalate", status_code=202, summary="Bring the next step forward to now"
)
async def escalate(escalation_id: str, body: Reasoned, actor: Operates, once: WithOnce) -> Response:
    return await answer(escalation_id, Verb.ESCALATE, body, actor, once)


@router.post(
    "/{escalation_id}/de-escalate",
    status_code=202,
    summary="Take the last step back: nobody from it on is called by itself",
)
async def de_escalate(
    escalation_id: str, body: Reasoned, actor: Operates, once: WithOnce
) -> Response:
    return await answer(escalation_id, Verb.DE_ESCALATE, body, actor, once)
