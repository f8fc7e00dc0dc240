"""Whether what a provider says later still changes where a message stands."""

from __future__ import annotations

from tocsin_contracts.words import DeliveryState

TAKEN = frozenset({DeliveryState.ACCEPTED, DeliveryState.UNKNOWN})


def moves(state: DeliveryState, to: DeliveryState, *, tried: bool, doubtful: bool) -> bool:
    """States only go forward: what a person has is not taken back by a late report.

    ``to`` is ``delivered``, ``failed`` or, for another try, ``pending``. ``tried``: it was handed
    over at least once; ``doubtful``: an attempt whose answer was lost may have been taken, and what
    is said now is said of that one.
    """
    if to is DeliveryState.DELIVERED:
        again = state in (DeliveryState.FAILED, DeliveryState.PENDING)
        return state in TAKEN or (again and tried)
    if to is DeliveryState.FAILED:
        return state in TAKEN or (state is DeliveryState.PENDING and doubtful)
    return state in TAKEN


def better(heard: DeliveryState | None, newer: DeliveryState) -> bool:
    """Of two that came before our own record, whether the newer one is kept."""
    return heard is not DeliveryState.DELIVERED or newer is DeliveryState.DELIVERED
