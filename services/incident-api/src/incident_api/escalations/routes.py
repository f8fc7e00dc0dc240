"""``/v1/escalations``: who is called for which client, and an operator's answer to it."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Body, Query, Response
from tocsin_contracts.events import IncidentStepAnswered
from tocsin_contracts.words import EscalationState, Verb
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import new_event

from incident_api.auth.actor import Actor
from incident_api.auth.dependencies import Operates, Reads
from incident_api.directory.store import read_view
from incident_api.escalations import rules, store
from incident_api.escalations.bodies import Answered, HandOver, Taken
from incident_api.timeline.escalations import Escalation
from incident_api.timeline.finding import known_incident
from incident_api.web.idempotency import Answer, Once, WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem, invalid, not_found
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/escalations", tags=["escalations"])
SOURCE = "incident-api"

OptionalAnswer = Annotated[Answered | None, Body()]
OptionalTake = Annotated[Taken | None, Body()]


@router.get("", summary="Where each client's escalation stands, newest first")
async def list_escalations(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    incident: Annotated[str | None, Query(max_length=63, description="id or reference")] = None,
    status: Listed = None,
) -> dict[str, Any]:
    states = listed(EscalationState, status, "status")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            incident_id=None if incident is None else await known_incident(conn, incident),
            states=states,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


@router.post("/{escalation_id}/take", status_code=202, summary="Somebody speaks for us with them")
async def take_escalation(
    escalation_id: str, actor: Operates, once: WithOnce, body: OptionalTake = None
) -> Response:
    return await _answer(escalation_id, Verb.TAKE, body or Taken(), actor, once)


@router.post("/{escalation_id}/decline", status_code=202, summary="Pass on to whoever is next")
async def decline_escalation(
    escalation_id: str, actor: Operates, once: WithOnce, body: OptionalAnswer = None
) -> Response:
    return await _answer(escalation_id, Verb.DECLINE, body or Answered(), actor, once)


@router.post("/{escalation_id}/hand-over", status_code=202, summary="Ask a named colleague")
async def hand_over_escalation(
    escalation_id: str, body: HandOver, actor: Operates, once: WithOnce
) -> Response:
    return await _answer(escalation_id, Verb.HAND_OVER, body, actor, once)


async def _answer(
    escalation_id: str, verb: Verb, body: Answered, actor: Actor, once: Once
) -> Response:
    """The outcome comes on the timeline, once the escalation service has decided."""

    async def effect(conn: Connection) -> Answer:
        found = await store.find(conn, escalation_id)
        if found is None:
            raise not_found("escalation", escalation_id)
        try:
            await _publish(conn, once.parts, found, verb, body, actor)
        except rules.NotPossible as refusal:
            raise _problem(refusal) from refusal
        return Answer(202, fields_shown(found))

    return await once.run(actor.key_id, effect)


async def _publish(
    conn: Connection,
    parts: Parts,
    found: Escalation,
    verb: Verb,
    body: Answered,
    actor: Actor,
) -> None:
    rules.check_running(found.state, found.incident_id)
    team = rules.team_of(await read_view(conn), found.client_key)
    person = rules.answering_person(body.person, actor.label, team)
    to = body.to if isinstance(body, HandOver) else None
    if to is not None:
        rules.check_colleague(to, person, team)
        rules.check_holder(found.state, found.person, found.person_name, person)
    now = parts.clock.now()
    data = IncidentStepAnswered(
        incident_id=found.incident_id,
        verb=verb,
        person=person,
        client_keys=(found.client_key,),
        to=to,
        minutes=body.minutes if isinstance(body, Taken) else None,
        reason=body.reason,
        answered_at=now,
        by=actor.label,
    )
    event = new_event(data, source=SOURCE, subject=found.incident_id, now=now)
    await parts.outbox.add(conn, [event])


def _problem(refusal: rules.NotPossible) -> Problem:
    if refusal.pointer is None:
        return Problem("conflict", str(refusal))
    return invalid(refusal.pointer, str(refusal))
