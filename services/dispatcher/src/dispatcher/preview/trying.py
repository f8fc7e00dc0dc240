"""The same planning as the real thing, on a copy of what is known; nothing of it is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.words import DeliveryState, Kind
from tocsin_runtime.outbox import new_event

from dispatcher.approvals.model import Approvals
from dispatcher.intake import escalations, handlers, maintenance
from dispatcher.intake.batch import Batch
from dispatcher.intake.known import Known
from dispatcher.planning.ledger import IncidentLedger, Ledger
from dispatcher.planning.model import Delivery
from dispatcher.planning.notices import History
from dispatcher.preview.asking import Asked

BESIDE = frozenset({Kind.APPROVAL_REQUEST, Kind.FEEDBACK_REQUEST, Kind.STAFF_NOTE})
"""What follows from a message without being it: shown only where it is asked for."""


def context(asked: Asked, now: datetime) -> list[Event[EventData]]:
    """What incident-api knows by now, as an event that makes no message: it says what to load."""
    if asked.incident is None or asked.audience is None:
        return []
    known = e.IncidentOpened(
        incident=asked.incident,
        audience_version=asked.audience.version,
        actor="preview",
        kind=None,
        audience=asked.audience,
    )
    return [new_event(known, source="preview", subject=asked.incident.id, now=now)]


def meet(batch: Batch, asked: Asked) -> None:
    """Let ``batch`` know what incident-api knows: its events may still be on their way here."""
    incident = asked.incident
    if incident is None:
        return
    known = batch.known.get(incident.id) or Known(1, incident.sequence, incident, asked.audience)
    first = min((one.sequence for one in asked.events), default=incident.sequence + 1)
    batch.known[incident.id] = replace(
        known,
        sequence=min(known.sequence, first - 1),
        snapshot=incident,
        audience=asked.audience or known.audience,
    )


def tell(batch: Batch, events: Sequence[Event[EventData]]) -> None:
    """Plan what ``events`` would bring about."""
    for event in events:
        known = batch.known.get(event.subject)
        event = event.model_copy(update={"epoch": known.epoch}) if known else event
        batch.events[event.id] = event
        if isinstance(event.data, e.MaintenanceEvent):
            maintenance.handle(batch, event)
        elif isinstance(event.data, e.EscalationEvent):
            escalations.handle(batch, event, as_it_is=True)
        else:
            handlers.handle(batch, event)


def live_through(batch: Batch, told: Sequence[Event[EventData]]) -> None:
    """Everybody has got what ``told`` said, one after the other."""
    for event in told:
        tell(batch, [event])
        for row in batch.ledger.deliveries.values():
            if row.state is not DeliveryState.SKIPPED:
                _got(batch.ledger.incident(row.message.incident_id), row, event.time)
        batch.ledger = Ledger(incidents=batch.ledger.incidents)
        batch.approvals = Approvals()


def _got(known: IncidentLedger, row: Delivery, at: datetime) -> None:
    client_key, target = row.message.client_key, row.target
    known.open.get(client_key, {}).pop(row.id, None)
    if client_key is None:
        return
    places = {(target.channel, target.destination), (target.channel, target.person)}
    known.sent.setdefault(client_key, set()).update(places)
    before = known.histories.get(client_key, History())
    first = before.first_told_at or at
    known.histories[client_key] = replace(before, first_told_at=first, last_told_at=at)


def rows_of(batch: Batch, kind: Kind) -> list[Delivery]:
    """The rows that a preview of ``kind`` shows."""
    unwanted = BESIDE - {kind}
    rows = batch.ledger.deliveries.values()
    if kind in BESIDE:
        return [row for row in rows if row.message.kind is kind]
    return [row for row in rows if row.message.kind not in unwanted]
