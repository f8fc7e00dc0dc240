"""What the dispatcher asked for and what became of it, as our rows and the timeline's sentences."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ApprovalEnded, ApprovalRequested
from tocsin_contracts.words import OnNoAnswer
from tocsin_runtime.database import Connection

from incident_api.approvals import rules, store
from incident_api.approvals.model import Approval

WITHOUT_AN_ANSWER = {
    OnNoAnswer.SEND: "it goes as it is",
    OnNoAnswer.HOLDING_NOTICE: "the holding notice goes out instead",
    OnNoAnswer.ALERT: "nothing is sent and the escalation manager is told",
}


async def note(conn: Connection, events: Sequence[Event[EventData]]) -> None:
    asked = [_asked(e.data, e) for e in events if isinstance(e.data, ApprovalRequested)]
    if asked:
        await store.note(conn, asked)
    for event in events:
        if isinstance(event.data, ApprovalEnded):
            await _end(conn, event.data)


async def _end(conn: Connection, data: ApprovalEnded) -> None:
    found = await store.lock(conn, data.approval_id)
    if found is not None:
        await store.change(conn, rules.ended(found, data.outcome, sent=data.sent, at=data.at))


def sentence(data: ApprovalRequested | ApprovalEnded) -> str:
    if isinstance(data, ApprovalEnded):
        what = "goes out" if data.sent else "does not go out"
        return f"A message that waited for a yes {what}: {data.outcome}."
    by = data.decide_by.astimezone(UTC)
    message = data.kind.value.replace("_", " ")
    return (
        f"The {message} to {data.client_key} waits for a yes of {data.approver_name} until"
        f" {by:%H:%M} UTC; without an answer {WITHOUT_AN_ANSWER[data.on_no_answer]}."
    )


def _asked(data: ApprovalRequested, event: Event[EventData]) -> Approval:
    return Approval(
        id=data.approval_id,
        incident_id=data.incident_id,
        client_key=data.client_key,
        kind=data.kind,
        cause_id=data.cause_id,
        subject=data.subject,
        body=data.body,
        content_sha256=data.content_sha256,
        people=data.people,
        channels=data.channels,
        approver=data.approver,
        approver_name=data.approver_name,
        decide_by=data.decide_by,
        on_no_answer=data.on_no_answer,
        voids=data.voids,
        requested_at=event.time,
    )
