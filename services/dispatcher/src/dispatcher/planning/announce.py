"""What planning tells the other services: planned rows, and rows that will not go."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import TypeVar

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import (
    NotificationPlanned,
    Outcome,
    OutcomesRecorded,
    PlannedDelivery,
)
from tocsin_runtime.outbox import new_event

from dispatcher.planning.ledger import Ledger
from dispatcher.planning.model import Delivery, Superseded

SOURCE = "dispatcher"
CHUNK = 500
T = TypeVar("T")


def chunks(items: Sequence[T]) -> Iterator[Sequence[T]]:
    """At most :data:`CHUNK` at a time: an event has to stay well below a broker's limit."""
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def announcements(
    ledger: Ledger, causes: Mapping[str, Event[EventData]], now: datetime
) -> list[Event[EventData]]:
    """``notification.planned`` for new rows, ``outcomes_recorded`` for those taken out.

    A row that was planned and replaced in the same batch is announced as both, in this order.
    """
    planned = [
        new_event(
            NotificationPlanned(
                incident_id=incident_id,
                cause_id=cause_id,
                kind=kind,
                deliveries=tuple(_planned(row) for row in chunk),
            ),
            source=SOURCE,
            subject=incident_id,
            now=now,
            caused_by=causes.get(cause_id),
        )
        for (incident_id, cause_id, kind), rows in ledger.by_message().items()
        for chunk in chunks(rows)
    ]
    replaced: dict[str, list[Superseded]] = defaultdict(list)
    for one in ledger.superseded.values():
        replaced[one.incident_id].append(one)
    outcomes = [
        new_event(
            OutcomesRecorded(
                incident_id=incident_id, outcomes=tuple(_outcome(one, now) for one in chunk)
            ),
            source=SOURCE,
            subject=incident_id,
            now=now,
        )
        for incident_id, all_of_it in replaced.items()
        for chunk in chunks(all_of_it)
    ]
    return [*planned, *outcomes]


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
    )


def _outcome(one: Superseded, now: datetime) -> Outcome:
    row = one.row
    return Outcome(
        delivery_id=row.id,
        cause_id=row.cause_id,
        kind=row.kind,
        client_key=row.client_key,
        person=row.person,
        channel=row.channel,
        state=one.state,
        reason=one.reason,
        attempt=0,
        at=now,
    )
