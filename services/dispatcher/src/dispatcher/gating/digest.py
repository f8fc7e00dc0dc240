"""Which rows of one destination are told together, and as what."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.words import Kind

from dispatcher.gating.cap import room
from dispatcher.gating.model import Fold, Gated, Limits

FOLDABLE = frozenset(
    {
        Kind.INITIAL,
        Kind.HOLDING_NOTICE,
        Kind.UPDATE,
        Kind.NO_NEWS,
        Kind.ETA_CHANGE,
        Kind.WORKAROUND,
        Kind.RESOLVED,
        Kind.REOPENED,
    }
)
"""What the newest state of an incident says as well. A closure, a review or a correction says
something of its own, and planned work is no disruption."""


FIRST_WORDS = frozenset({Kind.INITIAL, Kind.HOLDING_NOTICE})


def joins_others(row: Gated, limits: Limits, now: datetime) -> Fold | None:
    """A row that has waited goes with the others that wait there; alone it goes as itself.

    First words are told together. What follows them is told word by word, unless there is more of
    it than the cap has room for.
    """
    if not row.waited or row.tried or row.drill or limits.alone or row.kind not in FOLDABLE:
        return None
    if crowded(row, limits, now):
        return Fold("more waits than there may be messages")
    if row.kind in FIRST_WORDS and row.lately.first_words:
        return Fold("told together with what else happened")
    return None


def crowded(row: Gated, limits: Limits, now: datetime) -> bool:
    """Whether this row and those that wait are more than the cap has room for."""
    if limits.cap is None or not row.lately.waiting:
        return False
    return row.lately.waiting + 1 > room(row.lately.sent, limits.cap, now)
