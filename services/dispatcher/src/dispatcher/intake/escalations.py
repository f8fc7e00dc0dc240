"""Escalation events: calls to staff, unless what they were decided on has changed."""

from __future__ import annotations

from typing import cast

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind

from dispatcher.gating.model import Knowledge, Step
from dispatcher.gating.moot import step_is_moot, still_open
from dispatcher.intake.batch import STAFF_LANE, Batch
from dispatcher.planning.clients import is_stale
from dispatcher.planning.staff import calls_of, plan_staff, unknown_people
from dispatcher.planning.staff_notice import Matter

KINDS: dict[type[EventData], Kind] = {
    e.StepFired: Kind.ESCALATION,
    e.EscalationTaken: Kind.ESCALATION_TAKEN,
    e.EscalationHandedOver: Kind.ESCALATION_HANDED_OVER,
    e.EscalationExhausted: Kind.ESCALATION_EXHAUSTED,
}
"""The messages that escalation events make; the event's own kind goes before."""


def handle(batch: Batch, event: Event[EventData], *, as_it_is: bool = False) -> None:
    """``as_it_is``: it waited long enough for addresses; who is unknown now is not reached."""
    kind = KINDS.get(type(event.data))
    if kind is None or not batch.terms.tells:
        return
    escalation = cast(Event[e.EscalationEvent], event)
    data = escalation.data
    step = step_of(data)
    knowledge = knowledge_of(batch, event.subject)
    dropped = step_is_moot(step, knowledge) if step else None
    matter = Matter(
        event=escalation,
        kind=data.kind or kind,
        client_keys=still_open(step, knowledge) if step and not dropped else data.client_keys,
        trigger=step.trigger if step else "",
        about={key: client for key in data.client_keys if (client := _client(batch, event, key))},
    )
    if not (dropped or as_it_is) and _must_wait(batch, matter):
        batch.park(event, STAFF_LANE, batch.view.revision + 1)
        return
    plan_staff(batch.ledger, batch.view, batch.terms, matter, dropped)


def step_of(data: e.EscalationEvent) -> Step | None:
    """What a call was decided on; ``None`` for what only tells of a decision."""
    sequence, keys = data.incident.sequence, data.client_keys
    match data:
        case e.StepFired():
            return Step(sequence, data.trigger, keys, data.at)
        case e.EscalationExhausted():
            return Step(sequence, "exhausted", keys, data.at)
        case _:
            return None


def knowledge_of(batch: Batch, incident_id: str) -> Knowledge:
    known = batch.known.get(incident_id)
    return Knowledge(
        settled=known.settled_sequence if known else 0,
        acknowledged=known.acknowledged_sequence if known else 0,
        takes=batch.takes.get(incident_id, {}),
    )


def _client(batch: Batch, event: Event[EventData], key: str) -> AudienceClient | None:
    known = batch.known.get(event.subject)
    return known.client(key) if known else None


def _must_wait(batch: Batch, matter: Matter) -> bool:
    """Someone to call has no address here yet: it may be on its way."""
    if is_stale(matter.event.time, batch.terms):
        return False
    if batch.waits(matter.event.subject, STAFF_LANE):
        return True
    return bool(unknown_people(batch.view, calls_of(matter, batch.view)))
