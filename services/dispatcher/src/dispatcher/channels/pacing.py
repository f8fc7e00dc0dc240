"""How often a message may go to one place: pure, the caller keeps the state and the clock.

Who comes too early is told how long to stay away. They come back a few at a time, so that the most
urgent of them goes first and a long queue is not asked for anew each second.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

ABREAST = 8
"""How many of those turned away come back for the same turn."""


@dataclass(frozen=True)
class Pace:
    """One place. ``free_at`` is when the next message may go, in the caller's seconds;
    ``turned_away`` how many came too early since the last one went; ``asked``: the provider itself
    said when."""

    free_at: float = 0.0
    turned_away: int = 0
    asked: bool = False


def ask(pace: Pace, now: float, every: float) -> tuple[Pace, float]:
    """The new state, and the seconds to stay away: 0 says go.

    ``every`` is the time between two messages, in seconds; 0 is no limit.
    """
    if now >= pace.free_at:
        return Pace(free_at=now + every), 0.0
    rounds = pace.turned_away // ABREAST
    wait = pace.free_at - now + rounds * every
    return replace(pace, turned_away=pace.turned_away + 1), wait


def hold(pace: Pace, until: float) -> Pace:
    """The provider itself said when: nothing goes before ``until``."""
    return replace(pace, free_at=max(pace.free_at, until), asked=True)
