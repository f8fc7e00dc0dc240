"""The webhook form: a Standard Webhooks document: facts, and the text as people read it."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Kind, Status

from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich
from dispatcher.rendering.webhook_facts import facts_of, is_mistaken, written

TYPES = {
    Kind.INITIAL: "incident.opened",
    Kind.HOLDING_NOTICE: "incident.checking",
    Kind.UPDATE: "incident.updated",
    Kind.NO_NEWS: "incident.updated",
    Kind.ETA_CHANGE: "incident.updated",
    Kind.WORKAROUND: "incident.updated",
    Kind.CORRECTION: "incident.corrected",
    Kind.RESOLVED: "incident.resolved",
    Kind.REOPENED: "incident.reopened",
    Kind.CLOSURE: "incident.closed",
    Kind.REVIEW: "incident.review_published",
    Kind.FEEDBACK_REQUEST: "incident.feedback_requested",
    Kind.DIGEST: "incidents.digest",
    Kind.ESCALATION: "escalation.step_fired",
    Kind.ESCALATION_TAKEN: "escalation.taken",
    Kind.ESCALATION_HANDED_OVER: "escalation.handed_over",
    Kind.ESCALATION_EXHAUSTED: "escalation.exhausted",
    Kind.APPROVAL_REQUEST: "approval.requested",
    Kind.UPDATE_OVERDUE: "promise.update_due",
    Kind.SLA_AT_RISK: "promise.at_risk",
    Kind.SLA_BREACHED: "promise.breached",
    Kind.QUESTION_RECEIVED: "question.received",
    Kind.AUTO_ANSWER: "question.acknowledged",
    Kind.ANSWERED: "question.answered",
    Kind.STAFF_NOTE: "staff.note",
    Kind.CONFIRM_DESTINATION: "destination.confirm",
    Kind.TEST: "test",
}
"""Maintenance's are their kinds' own names: ``maintenance.announced``."""


def webhook_payload(parts: Parts, notice: Notice, reading: Reading, subject: str) -> dict[str, Any]:
    return {
        "type": event_type(notice),
        "timestamp": written(notice.at),
        "data": {
            "kind": notice.kind.value,
            "subject": subject,
            "text": webhook_text(parts),
            "language": reading.language.tag,
            "client": _client(notice),
            **facts_of(notice, reading),
            "message": _source(parts, "message"),
            "next_update_due": None if is_mistaken(notice) else written(notice.next_update_due),
            "links": _links(parts),
        },
    }


def event_type(notice: Notice) -> str:
    if notice.incident is not None and notice.incident.status is Status.CANCELLED:
        return "incident.cancelled"
    return TYPES.get(notice.kind, notice.kind.value.replace("_", ".", 1))


def webhook_text(parts: Parts) -> str:
    """The message without greeting and foot."""
    blocks = [*parts.of_frame("opening"), *parts.body(), *parts.of_frame("next")]
    return "\n\n".join(blocks)


def _client(notice: Notice) -> dict[str, str] | None:
    return {"key": notice.client.key, "name": notice.client.name} if notice.client else None


def _links(parts: Parts) -> dict[str, str]:
    """By what they open."""
    reader = parts.variables["reader"]
    places = ("status", "take", "approve", "review", "feedback", "destination")
    return {place: reader[f"{place}_link"] for place in places if reader[f"{place}_link"]}


def _source(parts: Parts, name: str) -> str | None:
    value: Rich | None = parts.variables.get(name)
    return value.source if value else None
