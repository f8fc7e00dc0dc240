"""Whether what a provider says later still changes where a message stands."""

from __future__ import annotations

from tocsin_contracts.words import DeliveryState, Kind

from dispatcher.planning.model import ASIDE

TAKEN = frozenset({DeliveryState.ACCEPTED, DeliveryState.UNKNOWN})
COURSE = frozenset(
    kind for kind in Kind if not kind.for_staff and kind not in {*ASIDE, Kind.DIGEST}
) - {Kind.FEEDBACK_REQUEST}
"""What tells a client how things go: each makes the ones before it old news."""
OVERTAKEN = "a newer message took its place before it could be tried again"


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


def ending(
    state: DeliveryState, reason: str | None, *, restored: bool, overtaken: bool
) -> tuple[DeliveryState, str | None]:
    """What becomes of a row of which ``state`` was heard: not all goes again that could.

    ``restored``: after a rebuild its text is gone. ``overtaken``: a newer message of its thread
    went or is about to; then what stands in for this one is old news as well.
    """
    if state is not DeliveryState.PENDING:
        return state, reason
    if restored:
        return DeliveryState.FAILED, reason
    if overtaken:
        return DeliveryState.SUPERSEDED, f"{OVERTAKEN} ({reason})" if reason else OVERTAKEN
    return state, reason
