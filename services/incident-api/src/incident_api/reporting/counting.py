"""How promises, times and messages are counted in reports; every rule of it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.words import DeliveryState, PromiseState

GOT_THERE = frozenset({DeliveryState.ACCEPTED, DeliveryState.DELIVERED, DeliveryState.UNKNOWN})


@dataclass(frozen=True)
class Judged:
    """Promises whose moment has passed: kept ones and broken ones."""

    kept: int = 0
    broken: int = 0

    @property
    def percent(self) -> float | None:
        """Rounded down to a tenth, so that 100 means every one; ``None`` where none was due."""
        due = self.kept + self.broken
        return None if due == 0 else math.floor(self.kept * 1000 / due) / 10


@dataclass(frozen=True)
class Questions:
    """What clients asked: how many, and of those that were promised an answer by a moment, how many
    got it by then. ``late`` counts those that wait past it too."""

    asked: int = 0
    answered: int = 0
    in_time: int = 0
    late: int = 0


def judged(states: Mapping[str, int]) -> Judged:
    """``states``: how many promises are in each; pending ones and those at risk do not count."""
    return Judged(states.get(PromiseState.KEPT, 0), states.get(PromiseState.BREACHED, 0))


def percentile(counts: Mapping[int, int], share: float) -> int | None:
    """The least value that at least ``share`` of all do not exceed; ``None`` for no values.

    ``counts``: how often each value occurred. Source: the nearest-rank method (NIST/SEMATECH
    e-Handbook, 7.2.6.2).
    """
    total = sum(counts.values())
    rank = max(1, math.ceil(total * share))
    seen = 0
    for value in sorted(counts):
        seen += counts[value]
        if seen >= rank:
            return value
    return None


def time_affected(outages: Iterable[tuple[datetime, datetime]]) -> timedelta:
    """The time in which at least one outage ran: what overlaps counts once."""
    total, until = timedelta(), None
    for start, end in sorted(outages):
        begins = start if until is None else max(start, until)
        if end > begins:
            total += end - begins
            until = end
    return total
