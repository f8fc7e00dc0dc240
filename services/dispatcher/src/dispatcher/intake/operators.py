"""What operators and clients' own people ask for: reach somebody again, try a destination, ask at
a new one whether messages are wanted there."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import structlog
from tocsin_contracts import events as e
from tocsin_contracts.directory import Addresses
from tocsin_contracts.envelope import Event, EventData

from dispatcher.directory.addresses import labels
from dispatcher.intake.batch import Batch
from dispatcher.planning.resends import plan_resend
from dispatcher.planning.trials import plan_confirmation, plan_test

log = structlog.get_logger()


def handle(batch: Batch, event: Event[EventData]) -> bool:
    """Whether it was one of these."""
    handler = HANDLERS.get(type(event.data))
    if handler is not None and batch.terms.tells:
        handler(batch, event)
    return handler is not None


def resend_requested(batch: Batch, event: Event[EventData]) -> None:
    asked = cast("Event[e.ResendRequested]", event)
    original = batch.originals.get(asked.data.delivery_id)
    if original is None:
        log.warning("nothing to send again: its text is not here", delivery=asked.data.delivery_id)
        return
    plan_resend(batch.ledger, batch.view, batch.terms, original, asked)


def test_requested(batch: Batch, event: Event[EventData]) -> None:
    plan_test(batch.ledger, batch.view, batch.terms, cast("Event[e.TestRequested]", event))


def destination_added(batch: Batch, event: Event[EventData]) -> None:
    added = cast("Event[e.DestinationAdded]", event)
    channel = added.data.channel
    sealed = Addresses(sealed={channel: added.data.sealed})
    label = labels(sealed, batch.seal)[channel]
    plan_confirmation(batch.ledger, batch.view, batch.terms, added, label)


HANDLERS: dict[type[EventData], Callable[[Batch, Event[EventData]], None]] = {
    e.ResendRequested: resend_requested,
    e.TestRequested: test_requested,
    e.DestinationAdded: destination_added,
}
