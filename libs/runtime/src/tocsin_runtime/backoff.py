"""How long to wait before trying again."""

from __future__ import annotations

from datetime import timedelta


def exponential(attempt: int, *, base: timedelta, cap: timedelta, jitter: float) -> timedelta:
    """The wait after failed attempt ``attempt`` (from 1): base, 2·base, 4·base … at most ``cap``.

    ``jitter`` in [0, 1) takes away up to half of the wait, so that many waiters do not return
    together; the caller draws it.
    """
    doublings: int = 2 ** min(attempt - 1, 32)
    full = min(cap, base * doublings)
    return full * (1 - jitter / 2)
