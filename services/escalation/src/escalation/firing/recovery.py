"""Acknowledgements first, alarms after: nobody is called while events are still being read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Protocol

from tocsin_runtime.clock import Clock

from escalation import metrics


class Reader(Protocol):
    """A consumer; ``caught_up_since`` is ``None`` until it has read all it was given."""

    caught_up_since: datetime | None


def reading(caught_up: Sequence[datetime | None], grace: timedelta, now: datetime) -> bool:
    """Whether somebody has not read to the end, or not for long enough."""
    return any(since is None or now < since + grace for since in caught_up)


class Recovery:
    """What the timer loop asks before it fires. Watching nobody, it holds nothing."""

    def __init__(self, clock: Clock, grace: timedelta) -> None:
        self._clock = clock
        self._grace = grace
        self._readers: list[Reader] = []

    def watch(self, readers: Sequence[Reader]) -> None:
        self._readers.extend(readers)

    def holds(self) -> bool:
        caught_up = [reader.caught_up_since for reader in self._readers]
        held = reading(caught_up, self._grace, self._clock.now())
        metrics.HELD.set(held)
        return held
