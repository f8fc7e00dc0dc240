"""What people say beside the incident's own course: a yes or a no, how well they were informed."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import Rating

from dispatcher.approvals.deciding import decided
from dispatcher.intake.batch import Batch
from dispatcher.planning.notices import History
from dispatcher.planning.questions import (
    Matter,
    plan_answered,
    plan_auto_answer,
    plan_received,
)
from dispatcher.planning.staff_notes import Cause, account_manager_or_noc, fact, plan_note

RATINGS = {Rating.GOOD: "good", Rating.MIXED: "mixed", Rating.POOR: "poor"}


def handle(batch: Batch, event: Event[EventData]) -> bool:
    """Whether it was one of these."""
    handler = HANDLERS.get(type(event.data))
    if handler is not None and batch.terms.tells:
        handler(batch, event)
    return handler is not None


def approval_decided(batch: Batch, event: Event[EventData]) -> None:
    decided(batch.desk, cast(e.ApprovalDecided, event.data))


def feedback_given(batch: Batch, event: Event[EventData]) -> None:
    """The account manager reads every answer."""
    data = cast(e.FeedbackGiven, event.data)
    client = batch.view.clients.get(data.client_key)
    known = batch.known.get(event.subject)
    incident = known.snapshot if known else None
    notice = fact(
        batch.view, opinion(data, client.name if client else data.client_key), incident, event.time
    )
    cause = Cause(event.id, event.time, event.subject, event.traceparent)
    to = account_manager_or_noc(batch.view, client)
    plan_note(batch.ledger, batch.view, batch.terms, to, notice, cause)


def opinion(data: e.FeedbackGiven, client: str) -> str:
    """``Jo Frei, ACME GmbH, on how we kept them informed (INC-2041): good. "Thank you."``"""
    words = f' "{data.text.strip()}"' if data.text and data.text.strip() else ""
    name = f"{data.person_name}, {client}"
    about = f"on how we kept them informed ({data.incident_ref})"
    return f"{name}, {about}: {RATINGS[data.rating]}.{words}"


def question_asked(batch: Batch, event: Event[EventData]) -> None:
    matter = _matter(batch, event)
    plan_received(batch.ledger, batch.view, batch.terms, matter)
    plan_auto_answer(batch.ledger, batch.view, batch.terms, matter)


def question_answered(batch: Batch, event: Event[EventData]) -> None:
    plan_answered(batch.ledger, batch.view, batch.terms, _matter(batch, event))


def _matter(batch: Batch, event: Event[EventData]) -> Matter:
    said = cast("Event[e.QuestionAsked] | Event[e.QuestionAnswered]", event)
    key = said.data.client_key
    known = batch.known.get(event.subject)
    return Matter(
        event=said,
        client=batch.view.clients.get(key),
        concerned=known.client(key) if known else None,
        history=batch.ledger.incident(event.subject).histories.get(key, History()),
        closed=batch.closed,
    )


HANDLERS: dict[type[EventData], Callable[[Batch, Event[EventData]], None]] = {
    e.ApprovalDecided: approval_decided,
    e.FeedbackGiven: feedback_given,
    e.QuestionAsked: question_asked,
    e.QuestionAnswered: question_answered,
}
