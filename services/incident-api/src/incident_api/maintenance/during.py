"""What planned work that is under way means for an alert or an incident on its systems."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from tocsin_contracts.words import AlertsDuring

from incident_api.audience.blast_radius import BlastRadius
from incident_api.audience.index import index_of
from incident_api.directory.view import DirectoryView

Reach: TypeAlias = Callable[[tuple[str, ...]], BlastRadius]
"""From the systems worked on to all that depends on them, themselves included."""


@dataclass(frozen=True)
class Running:
    """A window in progress, as far as alerts are concerned."""

    id: str
    ref: str
    system_keys: tuple[str, ...]
    alerts: AlertsDuring


def reach_of(view: DirectoryView) -> Reach:
    return index_of(view).radius


def covering(
    system_keys: Sequence[str], windows: Iterable[Running], reach: Reach
) -> Running | None:
    """The window that explains trouble with all of ``system_keys``; one that keeps alerts quiet
    before one that marks them. Trouble that reaches further is not explained by it."""
    if not system_keys:
        return None
    found = [one for one in windows if _all_in(system_keys, reach(one.system_keys))]
    return min(found, key=lambda one: one.alerts is not AlertsDuring.SUPPRESS, default=None)


def touching(
    system_keys: Sequence[str], windows: Iterable[Running], reach: Reach
) -> tuple[Running, ...]:
    """Windows that may have to do with it: any of the systems depends on what is worked on."""
    return tuple(
        one for one in windows if any(key in reach(one.system_keys) for key in system_keys)
    )


def sentence(windows: Sequence[Running]) -> str:
    """For the timeline of an incident that may be theirs."""
    refs = " and ".join(one.ref for one in windows)
    return f"{refs} {'is' if len(windows) == 1 else 'are'} in progress on what it depends on."


def _all_in(keys: Sequence[str], inside: BlastRadius) -> bool:
    return all(key in inside for key in keys)
