"""What waited for one client goes on."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_contracts import events as e
from tocsin_contracts.envelope import Event, EventData

from dispatcher.intake import client_chain, handlers, maintenance
from dispatcher.intake.batch import Batch


def released(
    batch: Batch, events: Sequence[Event[EventData]], client_key: str, *, by_hand: bool
) -> None:
    """In order; ``by_hand``: an operator said so, and the directory is taken as it is."""
    for event in events:
        if isinstance(event.data, e.MaintenanceEvent):
            maintenance.released(batch, event, client_key, by_hand=by_hand)
        elif isinstance(event.data, e.EscalationEvent):
            client_chain.released(batch, event, client_key, by_hand=by_hand)
        else:
            handlers.released(batch, [event], client_key, by_hand=by_hand)
