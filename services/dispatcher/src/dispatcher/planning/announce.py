"""What planning tells the other services: planned rows, and rows that will not go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, TypeVar

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    NotificationPlanned,
    Outcome,
    OutcomesRecorded,
    PlannedDelivery,
)
from tocsin_contracts.words import Channel, DeliveryState, Kind
from tocsin_runtime.outbox import new_event

from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery

SOURCE = "dispatcher"
CHUNK = 500
T = TypeVar("T")


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most :data:`CHUNK` at a time: an event has to stay well below a broker's limit."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


class Row(Protocol):
    """What a planned and a claimed row have in common."""

    @property
    def id(self) -> str: ...
    @property
    def cause_id(self) -> str: ...
    @property
    def kind(self) -> Kind: ...
    @property
    def client_key(self) -> str | None: ...
    @property
    def person(self) -> str: ...
    @property
    def channel(self) -> Channel: ...


@dataclass(frozen=True)
class Cause:
    """The event that outcomes of one incident follow from; ``None`` where there are several."""

    incident_id: str
    event_id: str | None = None
    traceparent: str | None = None


def announcements(
    ledger: Ledger, causes: Mapping[str, Event[EventData]], now: datetime
) -> list[Event[EventData]]:
    """``notification.planned`` for new rows, ``outcomes_recorded`` for those taken out.

    A row that was planned and replaced in the same batch is announced as both, in this order.
    """
    planned = [
        planned_together(chunk, now, causes.get(cause_id))
        for (_, cause_id, _), rows in ledger.by_message().items()
        for chunk in chunks(rows)
    ]
    outcomes = [
        event
        for incident_id, changed in _changed(ledger, now).items()
        for event in outcomes_recorded(_cause(incident_id, causes), changed, now)
    ]
    return [*planned, *outcomes]


def planned_together(
    rows: Sequence[Delivery], now: datetime, caused_by: Event[EventData] | None = None
) -> Event[EventData]:
    """``notification.planned`` of ``rows``, which tell one kind of message of one event."""
    message = rows[0].message
    data = NotificationPlanned(
        incident_id=message.incident_id,
        cause_id=message.cause_id,
        kind=message.kind,
        deliveries=tuple(_planned(row) for row in rows),
    )
    return new_event(data, source=SOURCE, subject=message.incident_id, now=now, caused_by=caused_by)


def _changed(ledger: Ledger, now: datetime) -> dict[str, list[Outcome]]:
    """By incident what became of rows without an attempt: taken out, let go by a yes, or waiting
    for something else."""
    changed: dict[str, list[Outcome]] = defaultdict(list)
    for one in ledger.superseded.values():
        changed[one.incident_id].append(outcome_of(one.row, one.state, one.reason, at=now))
    for go in ledger.released.values():
        if go.row.id not in ledger.superseded and not go.row.siblings:
            outcome = outcome_of(go.row, DeliveryState.PENDING, go.reason, at=now)
            changed[go.incident_id].append(outcome)
    for waits in ledger.waits.values():
        outcome = outcome_of(waits.row, DeliveryState.WAITING, waits.reason, at=now)
        changed[waits.incident_id].append(outcome)
    return changed


def _cause(incident_id: str, causes: Mapping[str, Event[EventData]]) -> Cause:
    events = [event for event in causes.values() if event.subject == incident_id]
    if len(events) != 1:
        return Cause(incident_id)
    return Cause(incident_id, events[0].id, events[0].traceparent)


def outcomes_recorded(
    cause: Cause, outcomes: Sequence[Outcome], now: datetime
) -> list[Event[EventData]]:
    events = [
        new_event(
            OutcomesRecorded(incident_id=cause.incident_id, outcomes=tuple(chunk)),
            source=SOURCE,
            subject=cause.incident_id,
            now=now,
        )
        for chunk in chunks(outcomes)
    ]
    trace = {"traceparent": cause.traceparent} if cause.traceparent else {}
    return [e.model_copy(update={"causationid": cause.event_id, **trace}) for e in events]


def outcome_of(
    row: Row,
    state: DeliveryState,
    reason: str | None,
    *,
    at: datetime,
    attempt: int = 0,
    provider_id: str | None = None,
) -> Outcome:
    return Outcome(
        delivery_id=row.id,
        cause_id=row.cause_id,
        kind=row.kind,
        client_key=row.client_key,
        person=row.person,
        channel=row.channel,
        state=state,
        reason=reason,
        attempt=attempt,
        provider_id=provider_id,
        at=at,
    )


def _planned(row: Delivery) -> PlannedDelivery:
    return PlannedDelivery(
        delivery_id=row.id,
        client_key=row.message.client_key,
        person=row.target.person,
        person_name=row.target.person_name,
        roles=row.target.roles,
        channel=row.target.channel,
        state=row.state,
        reason=row.reason,
        because=row.target.because,
        rules=row.target.rules,
        waits_until=row.due_at if row.state is DeliveryState.WAITING else None,
    )
