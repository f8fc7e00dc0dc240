"""Events of planned work: each moves the copy on and makes its messages, client by client."""

from __future__ import annotations

from collections.abc import Iterable
from typing import cast

import structlog
from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import AudienceClient

from dispatcher.approvals.asking import Matter, ask, waiting_of
from dispatcher.intake.batch import Batch
from dispatcher.intake.windows import known_after
from dispatcher.planning.clients import is_stale
from dispatcher.planning.maintenance import Work, plan_work
from dispatcher.rendering.facts import MaintenanceFacts

log = structlog.get_logger()
WindowEvent = Event[e.MaintenanceEvent]


def handle(batch: Batch, event: Event[EventData]) -> None:
    """Apply one event of a window; one older than what is known changes nothing."""
    window_event = cast(WindowEvent, event)
    known = batch.windows.get(event.subject)
    if known is not None and event.position < known.position:
        log.info("older event changes nothing", window=event.subject, sequence=event.sequence)
        return
    batch.windows[event.subject] = known_after(window_event)
    batch.changed_windows.add(event.subject)
    if batch.terms.tells:
        for client in concerned(window_event.data):
            _tell_client(batch, window_event, client)


def released(batch: Batch, event: Event[EventData], client_key: str, *, by_hand: bool) -> None:
    """Tell one client what was parked for it; ``by_hand``: with the directory as it is."""
    window_event = cast(WindowEvent, event)
    for client in concerned(window_event.data):
        if client.client_key == client_key:
            _tell_client(batch, window_event, client, by_hand=by_hand)


def concerned(data: e.MaintenanceEvent) -> Iterable[AudienceClient]:
    """The clients to tell; nobody where the event makes no message."""
    if data.kind is None:
        return ()
    only = data.only_clients
    return [one for one in data.audience.clients if only is None or one.client_key in only]


def _tell_client(
    batch: Batch, event: WindowEvent, client: AudienceClient, *, by_hand: bool = False
) -> None:
    """Plan this client's messages, or let it wait alone for the directory it was decided on."""
    key, kind = client.client_key, event.data.kind
    needs = batch.view.needed_revision(key, client.client_revision)
    behind = needs > batch.view.revision and not by_hand
    if (behind or batch.waits(event.subject, key)) and not is_stale(event.time, batch.terms):
        batch.park(event, key, needs)
    elif kind is not None:
        asked = waiting_of(batch.ledger, event.subject, key)
        plan_work(batch.ledger, batch.view, batch.terms, Work(event, kind, client))
        work = MaintenanceFacts(window=event.data.window)
        ask(batch.desk, Matter(event, client, work=work), asked)
