"""How many mails a relay takes in a minute: pure, the caller keeps the state and the clock."""

from __future__ import annotations

from dataclasses import dataclass

WINDOW = 60.0
"""Seconds."""


@dataclass(frozen=True)
class Used:
    """``count`` mails since ``since``, in the caller's seconds."""

    since: float = float("-inf")
    count: int = 0


def take(used: Used, now: float, most: int | None) -> tuple[Used, float]:
    """One more mail: the new state, and 0, or the seconds until there is room again."""
    if most is None:
        return used, 0.0
    if now - used.since >= WINDOW:
        return Used(now, 1), 0.0
    if used.count < most:
        return Used(used.since, used.count + 1), 0.0
    return used, used.since + WINDOW - now
