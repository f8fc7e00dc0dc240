"""An independent model of the plain case: no takes, no answers, everybody can be called.

It knows the rules in words only and imports none of the service's decisions: it walks minute by
minute and asks of each call whether its moment has come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Step:
    """``kind``: "severity", "unacknowledged" or "unresolved"; ``level`` is for the first."""

    kind: str
    after: int
    repeat: int = 0
    every: int = 5
    level: int = 1


@dataclass(frozen=True)
class Change:
    """At ``minute`` the severity's rank becomes ``rank``, or it is acknowledged, or resolved."""

    minute: int
    what: str
    rank: int = 0


def expected(
    steps: Sequence[Step], rank: int, changes: Sequence[Change], until: int
) -> list[tuple[int, int, int]]:
    """(minute, step, call) of every call up to ``until``; changes come before calls."""
    made: list[tuple[int, int, int]] = []
    count, last = [0] * len(steps), [0] * len(steps)
    since: list[int | None] = [None] * len(steps)
    acknowledged = False
    for minute in range(until + 1):
        for change in (c for c in changes if c.minute == minute):
            if change.what == "resolve":
                return made
            acknowledged = acknowledged or change.what == "acknowledge"
            rank = change.rank or rank
            since = [_since(s, rank, b, minute) for s, b in zip(steps, since, strict=True)]
        since = [_since(s, rank, b, minute) for s, b in zip(steps, since, strict=True)]
        for index, one in enumerate(steps):
            start = since[index]
            if start is None or (one.kind == "unacknowledged" and acknowledged):
                continue
            due = start + one.after if count[index] == 0 else last[index] + one.every
            if minute >= due and count[index] <= one.repeat:
                made.append((minute, index, count[index]))
                count[index] += 1
                last[index] = minute
    return made


def _since(one: Step, rank: int, before: int | None, minute: int) -> int | None:
    if one.kind == "severity" and rank > one.level:
        return None
    return minute if before is None else before
