"""A person's answer: noted here, and carried out by the dispatcher."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.events import ApprovalDecided
from tocsin_contracts.words import Decision
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7
from tocsin_runtime.outbox import new_event

from incident_api.approvals import rules, store
from incident_api.approvals.model import Approval
from incident_api.timeline import store as timeline
from incident_api.timeline.lines import Line
from incident_api.web.parts import Parts

SOURCE = "incident-api"
SAID = {Decision.APPROVE: "approved", Decision.REFUSE: "refused"}


@dataclass(frozen=True)
class Answer:
    """``by`` is who says so, as people read it; ``actor`` as the timeline records it."""

    decision: Decision
    content_sha256: str
    by: str
    actor: str
    reason: str | None = None


async def decide(conn: Connection, parts: Parts, approval: Approval, answer: Answer) -> Approval:
    """``approval`` is locked. Raises :class:`rules.NotPossible` where the answer does not count."""
    rules.check(approval, answer.content_sha256)
    now = parts.clock.now()
    after = rules.decided(approval, answer.decision, by=answer.by, reason=answer.reason, now=now)
    data = ApprovalDecided(
        incident_id=approval.incident_id,
        approval_id=approval.id,
        decision=answer.decision,
        content_sha256=answer.content_sha256,
        by=answer.by,
        reason=answer.reason,
        decided_at=now,
    )
    event = new_event(data, source=SOURCE, subject=approval.incident_id, now=now)
    await store.change(conn, after)
    await parts.outbox.add(conn, [event])
    await timeline.add_lines(conn, [_line(after, answer, now, event.id)])
    return after


def _line(approval: Approval, answer: Answer, at: datetime, event_id: str) -> Line:
    because = f": {answer.reason}" if answer.reason else "."
    message = approval.kind.replace("_", " ")
    return Line(
        id=uuid7(),
        incident_id=approval.incident_id,
        sequence=0,
        at=at,
        type="approval_decided",
        actor=answer.actor,
        text=f"{answer.by} {SAID[answer.decision]} the {message} to {approval.client_key}{because}",
        event_id=event_id,
        data={"approval_id": approval.id, "client_keys": [approval.client_key]},
    )
