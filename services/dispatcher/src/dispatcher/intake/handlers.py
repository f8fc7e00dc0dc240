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

from dispatcher.approvals.asking import ask, hold_behind, matter_of, waiting_of
from dispatcher.intake.batch import Batch
from dispatcher.intake.known import advance, is_older
from dispatcher.planning import staff_notes
from dispatcher.planning.clients import Occasion, is_stale, plan_client
from dispatcher.planning.corrections import correct_client, not_sent_yet, stand_in
from dispatcher.planning.feedback import plan_feedback
from dispatcher.planning.notices import History
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


def opened(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    previous = event.data.incident.previous_incident_id
    if previous is not None:
        batch.continued.add(previous)
        batch.followed.add(previous)
    _tell(batch, event, before)


def audience_changed(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    data = cast(e.AudienceChanged, event.data)
    for client_key in data.removed:
        known = batch.ledger.incident(event.subject)
        rows = known.open_of(client_key)
        why = "no longer concerned by this incident"
        batch.ledger.supersede(event.subject, rows, why, DeliveryState.SKIPPED)
        if client_key in known.histories and known.histories[client_key].first_told_at:
            _note_removed(batch, event, client_key)
    _tell(batch, event, before)


def corrected(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    """Goes to exactly those who got what was wrong, in the audience or not."""
    for client in _addressed(batch, event) if batch.terms.tells else ():
        _tell_client(batch, event, client, before.get(client.client_key))


def linked(batch: Batch, event: IncidentEvent, _: Promised) -> None:
    """Its parent speaks for it from now on; what was still to go does not."""
    data = cast(e.IncidentLinked, event.data)
    if data.parent_id is None:
        return
    known = batch.ledger.incident(event.subject)
    rows = [row for client_key in tuple(known.open) for row in known.open_of(client_key)]
    batch.ledger.supersede(event.subject, rows, f"part of {data.parent_ref or data.parent_id}")


def acknowledged(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    """The copy knows it now, and the gate drops the steps it stops."""


def released(
    batch: Batch, events: Sequence[Event[EventData]], client_key: str, *, by_hand: bool
) -> None:
    """Tell one client what was parked for it, in order; nothing of what is another's part by now.

    ``by_hand``: an operator said so, and the directory is taken as it is.
    """
    for event in events:
        incident_event = cast(IncidentEvent, event)
        known = batch.known.get(event.subject)
        if known is not None and known.snapshot.parent_id is not None:
            continue
        for client in _addressed(batch, incident_event):
            if client.client_key == client_key:
                _tell_client(batch, incident_event, client, promised=None, by_hand=by_hand)


def _addressed(batch: Batch, event: IncidentEvent) -> Sequence[AudienceClient]:
    """The clients that an event speaks to."""
    known = batch.known.get(event.subject)
    if isinstance(event.data, e.IncidentCorrected):
        return _misled(batch, event, event.data)
    return concerned(event.data, known.audience if known else None)


def _misled(
    batch: Batch, event: IncidentEvent, data: e.IncidentCorrected
) -> Sequence[AudienceClient]:
    known, ledger = batch.known[event.subject], batch.ledger.incident(event.subject)
    got = {told.client_key for told in batch.got.get((event.subject, data.corrects), ())}
    waiting = {key for key in ledger.open if key and not_sent_yet(ledger, key, data.corrects)}
    parked = {key for key in batch.lanes.get(event.subject, ()) if known.client(key)}
    keys = {key for key in got | waiting | parked if key is not None}
    return [
        known.client(key) or stand_in(key, data, ledger.histories.get(key, History()))
        for key in sorted(keys)
        if data.only_clients is None or key in data.only_clients
    ]


def _tell(batch: Batch, event: IncidentEvent, before: Promised) -> None:
    for client in _addressed(batch, event) if batch.terms.tells else ():
        _tell_client(batch, event, client, before.get(client.client_key))


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
    _plan(batch, occasion)


def _plan(batch: Batch, occasion: Occasion) -> None:
    """The rows of one client, held where they need a yes, and what follows from them."""
    event, key = occasion.event, occasion.concerned.client_key
    ledger, view, terms = batch.ledger, batch.view, batch.terms
    asked = waiting_of(ledger, event.subject, key)
    _note_lost(batch, occasion)
    if isinstance(event.data, e.IncidentCorrected):
        got = batch.got.get((event.subject, event.data.corrects), ())
        mine = [told for told in got if told.client_key == key]
        correct_client(ledger, view, terms, occasion, mine)
    else:
        plan_client(ledger, view, terms, occasion)
    ask(batch.desk, matter_of(occasion), asked)
    hold_behind(batch.desk, matter_of(occasion))
    if isinstance(event.data, e.IncidentClosed):
        plan_feedback(ledger, view, terms, occasion, followed=event.subject in batch.followed)


def _note_lost(batch: Batch, occasion: Occasion) -> None:
    """The account manager hears who is told no more, and that nobody is in their place."""
    event, view = occasion.event, batch.view
    client = view.clients.get(occasion.concerned.client_key)
    if client is None or is_stale(event.time, batch.terms):
        return
    to = staff_notes.account_manager_or_noc(view, client)
    told = batch.ledger.incident(event.subject).told_of(client.key)
    for name in staff_notes.left_for_good(client, told):
        sentence = staff_notes.nobody_instead(name, client, event.data.incident)
        _note(batch, event, to, sentence)


def _note_removed(batch: Batch, event: IncidentEvent, client_key: str) -> None:
    if not batch.terms.tells:
        return
    client = batch.view.clients.get(client_key)
    name = client.name if client else client_key
    sentence = staff_notes.no_longer_told(name, event.data.incident)
    _note(batch, event, staff_notes.NOC, sentence)


def _note(batch: Batch, event: IncidentEvent, to: staff_notes.Addressee, sentence: str) -> None:
    notice = staff_notes.fact(batch.view, sentence, event.data.incident, event.time)
    cause = staff_notes.cause_of(event)
    staff_notes.plan_note(batch.ledger, batch.view, batch.terms, to, notice, cause)


HANDLERS: dict[type[EventData], Callable[[Batch, IncidentEvent, Promised], None]] = {
    e.IncidentOpened: opened,
    e.IncidentPublished: _tell,
    e.IncidentUpdated: _tell,
    e.IncidentChanged: _tell,
    e.AudienceChanged: audience_changed,
    e.IncidentAcknowledged: acknowledged,
    e.IncidentResolved: _tell,
    e.IncidentReopened: _tell,
    e.IncidentClosed: _tell,
    e.IncidentCancelled: _tell,
    e.HoldingNoticeIssued: _tell,
    e.IncidentCorrected: corrected,
    e.IncidentLinked: linked,
    e.FollowUpChanged: _tell,
    e.ReviewPublished: _tell,
}
