"""An operator's answer to an escalation, passed on to the escalation service, which decides."""

from __future__ import annotations

from fastapi import Response
from tocsin_contracts.events import IncidentStepAnswered
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Verb
from tocsin_runtime.database import Connection
from tocsin_runtime.outbox import new_event

from incident_api.auth.actor import Actor
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.escalations import rules, store
from incident_api.escalations.bodies import HandOver, Said
from incident_api.timeline.standing import Escalation
from incident_api.web.idempotency import Answer, Once
from incident_api.web.parts import Parts
from incident_api.web.problem import Problem, invalid, not_found
from incident_api.web.shown import fields_shown

SOURCE = "incident-api"


async def answer(escalation_id: str, verb: Verb, body: Said, actor: Actor, once: Once) -> Response:
    """The outcome comes on the timeline and the stream, once the escalation service decided."""

    async def effect(conn: Connection) -> Answer:
        found = await store.find(conn, escalation_id)
        if found is None:
            raise not_found("escalation", escalation_id)
        try:
            person = _person(await read_view(conn), found, verb, body, actor)
        except rules.NotPossible as refusal:
            raise _problem(refusal) from refusal
        await _publish(conn, once.parts, _said(found, verb, body, person, actor, once.parts))
        return Answer(202, fields_shown(found))

    return await once.run(actor.key_id, effect)


def _person(view: DirectoryView, found: Escalation, verb: Verb, body: Said, actor: Actor) -> str:
    """Who answers. Raises :class:`rules.NotPossible`."""
    rules.check_chain(found, verb)
    rules.check_running(found)
    rules.check_somebody_left(found, verb)
    team = rules.team_of(view, found.client_key)
    person = rules.answering_person(body.person, actor.label, team)
    if isinstance(body, HandOver):
        rules.check_colleague(body.to, person, team)
        rules.check_holder(found, person)
    return person


def _said(
    found: Escalation, verb: Verb, body: Said, person: str, actor: Actor, parts: Parts
) -> IncidentStepAnswered:
    return IncidentStepAnswered(
        incident_id=found.incident_id,
        verb=verb,
        person=person,
        client_keys=(found.client_key,),
        chain=ChainKind(found.chain),
        to=body.to if isinstance(body, HandOver) else None,
        minutes=getattr(body, "minutes", None),
        reason=body.reason,
        answered_at=parts.clock.now(),
        by=actor.label,
    )


async def _publish(conn: Connection, parts: Parts, data: IncidentStepAnswered) -> None:
    event = new_event(data, source=SOURCE, subject=data.incident_id, now=data.answered_at)
    await parts.outbox.add(conn, [event])


def _problem(refusal: rules.NotPossible) -> Problem:
    if refusal.pointer is None:
        return Problem("conflict", str(refusal))
    return invalid(refusal.pointer, str(refusal))
