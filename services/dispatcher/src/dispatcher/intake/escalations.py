"""Escalation events: calls to staff, unless what they were decided on has changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Kind

from dispatcher.gating.model import Course, Step
from dispatcher.gating.moot import step_is_moot, still_open
from dispatcher.intake import client_chain
from dispatcher.intake.batch import Batch
from dispatcher.intake.knowledge import knowledge_of
from dispatcher.intake.lanes import STAFF_LANE
from dispatcher.planning.clients import is_stale
from dispatcher.planning.news_hearers import has_news, news_parts
from dispatcher.planning.staff import calls_of, of_policy, plan_staff, unknown_people
from dispatcher.planning.staff_notice import Matter
from dispatcher.planning.staff_promises import Part, clients_of, promise_parts

KINDS: dict[type[EventData], Kind] = {
    e.StepFired: Kind.ESCALATION,
    e.EscalationTaken: Kind.ESCALATION_TAKEN,
    e.EscalationHandedOver: Kind.ESCALATION_HANDED_OVER,
    e.EscalationExhausted: Kind.ESCALATION_EXHAUSTED,
}
"""The messages that escalation events make; the event's own kind goes before."""


def handle(batch: Batch, event: Event[EventData], *, as_it_is: bool = False) -> None:
    """``as_it_is``: it waited long enough for addresses; who is unknown now is not reached."""
    if not batch.terms.tells or not isinstance(event.data, e.EscalationEvent):
        return
    escalation = cast(Event[e.EscalationEvent], event)
    if client_chain.is_one(event):
        client_chain.fired(batch, event, as_it_is=as_it_is)
        return
    kind = kind_of(escalation.data)
    if kind is None:
        return
    step = step_of(escalation.data)
    dropped = step_is_moot(step, knowledge_of(batch, escalation)) if step else None
    matter = _matter(batch, escalation, kind, None if dropped else step)
    parts = parts_of(matter, batch)
    if not (dropped or as_it_is) and _must_wait(batch, matter, parts):
        batch.park(event, STAFF_LANE, batch.view.revision + 1)
        return
    for part in parts:
        about = matter.only(part.client_keys)
        plan_staff(batch.ledger, batch.view, batch.terms, about, part.calls, dropped)


def _matter(batch: Batch, event: Event[e.EscalationEvent], kind: Kind, step: Step | None) -> Matter:
    """``step``: what it was decided on, of which only what still holds is spoken of."""
    everyone = clients_of(event.data)
    return Matter(
        event=event,
        kind=kind,
        client_keys=still_open(step, knowledge_of(batch, event)) if step else everyone,
        trigger=step.trigger if step else "",
        about={key: client for key in everyone if (client := _client(batch, event, key))},
    )


def kind_of(data: e.EscalationEvent) -> Kind | None:
    """A client's own escalation at its end is news to the account manager, no last resort."""
    if has_news(data):
        return Kind.STAFF_NOTE
    return data.kind or KINDS.get(type(data))


def parts_of(matter: Matter, batch: Batch) -> list[Part]:
    """Who reads what: of an event about promises, and of news, each person their own clients."""
    data, view = matter.event.data, batch.view
    if isinstance(data, e.UpdateDue | e.PromiseEvent):
        return promise_parts(data, matter.client_keys, view)
    if matter.kind is Kind.STAFF_NOTE:
        known = batch.ledger.incident(matter.event.subject)
        courses = batch.courses.get(matter.event.subject, {})
        own = [key for (key, chain), course in courses.items() if _called(chain, course)]
        return news_parts(data, matter.client_keys, view, known, own)
    return [Part(matter.client_keys, tuple(calls_of(matter, view)))]


def _called(chain: ChainKind, course: Course) -> bool:
    return chain is ChainKind.CLIENT and course.called_at is not None


def step_of(data: e.EscalationEvent) -> Step | None:
    """What a call was decided on; ``None`` for what only tells of a decision."""
    sequence, keys = data.incident.sequence, data.client_keys
    match data:
        case e.StepFired():
            return of_policy(Step(sequence, data.trigger, keys, data.at), data)
        case e.EscalationExhausted():
            return Step(sequence, "exhausted", keys, data.at, chain=data.chain)
        case e.UpdateDue():
            return Step(sequence, "word_due", keys, data.at, data.due_at)
        case _:
            return None


def _client(batch: Batch, event: Event[e.EscalationEvent], key: str) -> AudienceClient | None:
    known = batch.known.get(event.subject)
    return known.client(key) if known else None


def _must_wait(batch: Batch, matter: Matter, parts: Sequence[Part]) -> bool:
    """Someone to call has no address here yet: it may be on its way. A promise's moment comes and
    goes: of that everybody else is told at once."""
    if isinstance(matter.event.data, e.UpdateDue | e.PromiseEvent):
        return False
    if is_stale(matter.event.time, batch.terms):
        return False
    if batch.waits(matter.event.subject, STAFF_LANE):
        return True
    calls = [call for part in parts for call in part.calls]
    return bool(unknown_people(batch.view, calls))
