"""What the other services hear of approvals."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ApprovalEnded, ApprovalRequested
from tocsin_runtime.outbox import new_event

from dispatcher.approvals.model import Approvals, Request
from dispatcher.planning.announce import SOURCE

LOST = "its message is not known any more; write it anew"


def published(
    approvals: Approvals, causes: Mapping[str, Event[EventData]], now: datetime
) -> list[Event[EventData]]:
    """Requests first: one may have ended in the batch that asked."""
    requested = [_requested(one, causes, now) for one in approvals.new.values()]
    ended = [
        _ended(one.asked.incident_id, one.asked.id, one.outcome, now, sent=one.sent)
        for one in approvals.ended.values()
    ]
    lost = [
        _ended(incident, key, LOST, now, sent=False) for key, incident in approvals.unknown.items()
    ]
    return [*requested, *ended, *lost]


def _requested(
    request: Request, causes: Mapping[str, Event[EventData]], now: datetime
) -> Event[EventData]:
    asked = request.asked
    data = ApprovalRequested(
        incident_id=asked.incident_id,
        approval_id=asked.id,
        client_key=asked.client_key,
        kind=asked.kind,
        cause_id=asked.cause_id,
        subject=request.subject,
        body=request.body,
        content_sha256=asked.content_sha256,
        people=request.people,
        channels=request.channels,
        approver=asked.approver,
        approver_name=asked.approver_name,
        decide_by=asked.decide_by,
        on_no_answer=asked.on_no_answer,
        voids=request.voids,
    )
    cause = causes.get(asked.cause_id)
    return new_event(data, source=SOURCE, subject=asked.incident_id, now=now, caused_by=cause)


def _ended(
    incident_id: str, approval_id: str, outcome: str, now: datetime, *, sent: bool
) -> Event[EventData]:
    data = ApprovalEnded(
        incident_id=incident_id, approval_id=approval_id, outcome=outcome, sent=sent, at=now
    )
    return new_event(data, source=SOURCE, subject=incident_id, now=now)
