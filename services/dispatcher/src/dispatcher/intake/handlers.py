"""Incident events: each moves the copy on and makes its messages, client by client.

This is the dispatcher's whole way in: the pure parts decide on a batch in memory, ``intake`` loads
and writes it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast

import structlog
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import DeliveryState, Kind

from dispatcher.intake.batch import Batch
from dispatcher.intake.known import advance, is_older
from dispatcher.planning.clients import Occasion, is_stale, plan_client
from dispatcher.planning.scope import concerned

log = structlog.get_logger()
IncidentEvent = Event[e.IncidentEvent]


def handle(batch: Batch, event: Event[EventData]) -> None:
    """Apply one incident event; one older than what is known changes nothing."""
    handler = HANDLERS.get(type(event.data))
    if handler is None:
        return
    incident_event = cast(IncidentEvent, event)
    known = batch.known.get(event.subject)
    if is_older(known, incident_event):
        log.info("older event changes nothing", incident=event.subject, sequence=event.sequence)
        return
    promised = {c.client_key: c for c in known.audience.clients} if known and known.audience else {}
    batch.known[event.subject] = advance(known, incident_event)
    batch.changed.add(event.subject)
    handler(batch, incident_event, promised)


Promised = dict[str, AudienceClient]
"""The audience before the event, with what each client had been promised."""


def audience_changed(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    data = cast(e.AudienceChanged, event.data)
    for client_key in data.removed:
        rows = batch.ledger.incident(event.subject).open_of(client_key)
        why = "no longer concerned by this incident"
        batch.ledger.supersede(event.subject, rows, why, DeliveryState.SKIPPED)
    _tell(batch, event, before)


def acknowledged(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    """The copy knows it now, and the gate drops the steps it stops."""


def released(
    batch: Batch, events: Sequence[Event[EventData]], client_key: str, *, by_hand: bool
) -> None:
    """Tell one client what was parked for it, in order.

    ``by_hand``: an operator said so, and the directory is taken as it is.
    """
    for event in events:
        incident_event = cast(IncidentEvent, event)
        known = batch.known.get(event.subject)
        audience = known.audience if known else None
        for client in concerned(incident_event.data, audience):
            if client.client_key == client_key:
                _tell_client(batch, incident_event, client, promised=None, by_hand=by_hand)


def _tell(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    audience = batch.known[event.subject].audience if batch.terms.tells else None
    for client in concerned(event.data, audience):
        earlier = before.get(client.client_key)
        _tell_client(batch, event, client, earlier)


def _tell_client(
    batch: Batch,
    event: IncidentEvent,
    client: AudienceClient,
    promised: AudienceClient | None,
    *,
    by_hand: bool = False,
) -> None:
    """Plan this client's messages, or let it wait alone for the directory it was decided on."""
    key = client.client_key
    needs = batch.view.needed_revision(key, client.client_revision)
    behind = needs > batch.view.revision and not by_hand
    if (behind or batch.waits(event.subject, key)) and not is_stale(event.time, batch.terms):
        batch.park(event, key, needs)
        return
    occasion = Occasion(
        event=event,
        kind=cast(Kind, event.data.kind),
        concerned=client,
        promised=promised.next_update_due if promised else None,
    )
    plan_client(batch.ledger, batch.view, batch.terms, occasion)


HANDLERS: dict[type[EventData], Callable[[Batch, IncidentEvent, Promised], None]] = {
    e.IncidentOpened: _tell,
    e.IncidentPublished: _tell,
    e.IncidentUpdated: _tell,
    e.IncidentChanged: _tell,
    e.AudienceChanged: audience_changed,
    e.IncidentAcknowledged: acknowledged,
    e.IncidentResolved: _tell,
    e.IncidentReopened: _tell,
    e.IncidentClosed: _tell,
    e.IncidentCancelled: _tell,
}
