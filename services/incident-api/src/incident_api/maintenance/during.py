"""What planned work that is under way means for an alert or an incident on its systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeAlias

from tocsin_contracts.words import AlertsDuring

from incident_api.audience.blast_radius import BlastRadius
from incident_api.audience.index import index_of
from incident_api.directory.view import DirectoryView

Reach: TypeAlias = Callable[[tuple[str, ...]], BlastRadius]
"""From the systems worked on to all that depends on them, themselves included."""


QUIET_PAST_END = timedelta(minutes=60)
"""So long after its announced end a window that nobody has ended still keeps alerts quiet."""


@dataclass(frozen=True)
class Running:
    """A window in progress, as far as alerts are concerned."""

    id: str
    ref: str
    system_keys: tuple[str, ...]
    alerts: AlertsDuring
    ends_at: datetime

    def keeps_quiet(self, now: datetime) -> bool:
        """Nobody may have thought of ending it: some time after the announced end alerts count."""
        return self.alerts is AlertsDuring.SUPPRESS and not self.forgotten(now)

    def forgotten(self, now: datetime) -> bool:
        return now >= self.ends_at + QUIET_PAST_END


def reach_of(view: DirectoryView) -> Reach:
    return index_of(view).radius


def covering(
    system_keys: Sequence[str], windows: Iterable[Running], reach: Reach, now: datetime
) -> Running | None:
    """The window that explains trouble with all of ``system_keys``; one that keeps alerts quiet
    before one that does not. Trouble that reaches further is not explained by it."""
    if not system_keys:
        return None
    found = [one for one in windows if _all_in(system_keys, reach(one.system_keys))]
    return min(found, key=lambda one: not one.keeps_quiet(now), default=None)


def touching(
    system_keys: Sequence[str], windows: Iterable[Running], reach: Reach
) -> tuple[Running, ...]:
    """Windows that may have to do with it: any of the systems depends on what is worked on."""
    return tuple(
        one for one in windows if any(key in reach(one.system_keys) for key in system_keys)
    )


def sentence(windows: Sequence[Running], now: datetime) -> str:
    """For the timeline of an incident that may be theirs."""
    refs = " and ".join(one.ref for one in windows)
    late = [_forgotten(one) for one in windows if _no_longer_quiet(one, now)]
    is_or_are = "is" if len(windows) == 1 else "are"
    return " ".join((f"{refs} {is_or_are} in progress on what it depends on.", *late))


def _no_longer_quiet(one: Running, now: datetime) -> bool:
    return one.alerts is AlertsDuring.SUPPRESS and one.forgotten(now)


def _forgotten(one: Running) -> str:
    return (
        f"{one.ref} should have ended at {one.ends_at:%H:%M} UTC and nobody has ended it, so it"
        " keeps alerts quiet no longer."
    )


def _all_in(keys: Sequence[str], inside: BlastRadius) -> bool:
    return all(key in inside for key in keys)
