"""The webhook form: a Standard Webhooks document, facts first, the text as people read it beside.

Only what the client may know: no title a tool wrote, no name of who acknowledged, no other client.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from tocsin_contracts.words import Kind, Status

from dispatcher.rendering.frame import Parts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich

TYPES = {
    Kind.INITIAL: "incident.opened",
    Kind.UPDATE: "incident.updated",
    Kind.ETA_CHANGE: "incident.updated",
    Kind.WORKAROUND: "incident.updated",
    Kind.RESOLVED: "incident.resolved",
    Kind.REOPENED: "incident.reopened",
    Kind.CLOSURE: "incident.closed",
    Kind.ESCALATION: "escalation.step_fired",
    Kind.ESCALATION_TAKEN: "escalation.taken",
    Kind.ESCALATION_HANDED_OVER: "escalation.handed_over",
    Kind.ESCALATION_EXHAUSTED: "escalation.exhausted",
}


def webhook_payload(parts: Parts, notice: Notice, reading: Reading, subject: str) -> dict[str, Any]:
    return {
        "type": event_type(notice),
        "timestamp": _moment(notice.at),
        "data": {
            "kind": notice.kind.value,
            "subject": subject,
            "text": webhook_text(parts),
            "language": reading.language.tag,
            "client": _client(notice),
            "incident": _incident(notice, reading),
            "message": _source(parts, "message"),
            "next_update_due": _moment(notice.next_update_due),
            "links": _links(parts),
        },
    }


def event_type(notice: Notice) -> str:
    if notice.outage.status is Status.CANCELLED:
        return "incident.cancelled"
    return TYPES[notice.kind]


def webhook_text(parts: Parts) -> str:
    """The message without greeting and foot."""
    blocks = [*parts.of_frame("opening"), *parts.body(), *parts.of_frame("next")]
    return "\n\n".join(blocks)


def _client(notice: Notice) -> dict[str, str] | None:
    return {"key": notice.client.key, "name": notice.client.name} if notice.client else None


def _incident(notice: Notice, reading: Reading) -> dict[str, Any]:
    incident = notice.outage
    return {
        "id": incident.id,
        "ref": incident.ref,
        "sequence": incident.sequence,
        "severity": incident.severity.value,
        "severity_words": reading.severity(incident.severity),
        "status": incident.status.value,
        "status_words": reading.status(incident.status),
        "impact": incident.impact,
        "impact_level": incident.impact_level.value if incident.impact_level else None,
        "systems": list(notice.systems),
        "started_at": _moment(incident.started_at),
        "eta": _moment(incident.eta),
        "workaround": incident.workaround,
        "resolved_at": _moment(incident.resolved_at),
        "closed_at": _moment(incident.closed_at),
        "drill": incident.drill,
    }


def _links(parts: Parts) -> dict[str, str]:
    reader = parts.variables["reader"]
    links = {"status": reader["status_link"], "take": reader["take_link"]}
    return {name: url for name, url in links.items() if url}


def _source(parts: Parts, name: str) -> str | None:
    value: Rich | None = parts.variables.get(name)
    return value.source if value else None


def _moment(moment: datetime | None) -> str | None:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z") if moment else None
