"""What came back from dispatcher and escalation, onto the incident's timeline."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    ApprovalEnded,
    ApprovalRequested,
    ClientWaiting,
    ContactUnreachable,
    EscalationEvent,
    NotificationPlanned,
    OutcomesRecorded,
    PromiseEvent,
)
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.intake import approvals, deliveries, escalation_words, escalations, promises
from incident_api.timeline import deliveries as deliveries_store
from incident_api.timeline import escalations as escalations_store
from incident_api.timeline import promises as promises_store
from incident_api.timeline import store as timeline_store
from incident_api.timeline.lines import Line

Handle = Callable[[Connection, Sequence[Event[EventData]]], Awaitable[None]]


def one_after_another(*handlers: Handle) -> Handle:
    """Each gets the whole batch, in the same transaction."""

    async def handle_all(conn: Connection, events: Sequence[Event[EventData]]) -> None:
        for one in handlers:
            await one(conn, events)

    return handle_all


async def handle(conn: Connection, events: Sequence[Event[EventData]]) -> None:
    """Everything of a batch in a handful of statements; the consumer's inbox has sorted repeats."""
    planned = [
        row
        for event in events
        if isinstance(event.data, NotificationPlanned)
        for row in deliveries.planned_deliveries(event.data, event.time)
    ]
    outcomes = [
        row
        for event in events
        if isinstance(event.data, OutcomesRecorded)
        for row in deliveries.outcomes(event.data)
    ]
    escalated = [event.data for event in events if isinstance(event.data, EscalationEvent)]
    promised = [
        row
        for event in events
        if isinstance(event.data, PromiseEvent)
        for row in promises.rows(event.data)
    ]
    lines = [line for event in events if (line := _line(event)) is not None]
    if planned:
        await deliveries_store.note_planned(conn, planned)
    if outcomes:
        await deliveries_store.note_outcomes(conn, outcomes)
    if escalated:
        await _note_chains(conn, escalated)
    if promised:
        await promises_store.note(conn, promised)
    await approvals.note(conn, events)
    if lines:
        await timeline_store.add_lines(conn, lines)


async def _note_chains(conn: Connection, events: Sequence[EscalationEvent]) -> None:
    keys = {key: None for event in events for key in escalations.keys(event)}
    known = await escalations_store.known(conn, list(keys))
    await escalations_store.note(conn, escalations.after(events, known))


def _line(event: Event[EventData]) -> Line | None:
    """Deliveries have none: they are counted when the timeline is read."""
    data = event.data
    if isinstance(data, EscalationEvent):
        about = {"client_keys": list(data.client_keys), **escalations.details(data)}
        return _said(event, data.incident.id, "escalation", _sentence(data), about)
    if isinstance(data, ApprovalRequested | ApprovalEnded):
        about_it = {"approval_id": data.approval_id}
        return _said(event, data.incident_id, "dispatcher", approvals.sentence(data), about_it)
    if isinstance(data, ContactUnreachable):
        whom = {"client_keys": [data.client_key], "person": data.person}
        return _said(event, data.incident_id, "dispatcher", _unreachable(data), whom)
    if isinstance(data, ClientWaiting):
        sentence = (
            f"{data.client_key} is not told yet: the directory's revision {data.needs_revision}"
            f" has not arrived (it is at {data.has_revision}). POST …/"
            f"{data.incident_id}/release tells it as it is."
        )
        return _said(
            event, data.incident_id, "dispatcher", sentence, {"client_keys": [data.client_key]}
        )
    return None


def _unreachable(data: ContactUnreachable) -> str:
    return (
        f"A reader at {data.client_key} ({data.person}) can be reached on no channel:"
        f" {data.reason.rstrip('.')}. POST /v1/deliveries/{{id}}/resend tries another one."
    )


def _sentence(data: EscalationEvent) -> str:
    if isinstance(data, PromiseEvent):
        return promises.sentence(data)
    return escalation_words.sentence(data)


def _said(
    event: Event[EventData], incident_id: str, who: str, sentence: str, data: Mapping[str, object]
) -> Line:
    return Line(
        id=uuid7(),
        incident_id=incident_id,
        sequence=event.sequence,
        at=event.time,
        type=event.type.split(".")[-2],
        actor=f"system:{who}",
        text=sentence,
        event_id=event.id,
        data=data,
    )
