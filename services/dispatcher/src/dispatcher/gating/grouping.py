"""Leading-edge grouping: the first disruption is told at once, others wait for each other."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.words import Kind

from dispatcher.gating.model import Gated, Limits, Wait
from dispatcher.gating.promised import no_later_than

LEADING = frozenset({Kind.INITIAL, Kind.DIGEST})
"""After one of these a first word of something else waits."""


def soon_after_another(row: Gated, limits: Limits, now: datetime) -> Wait | None:
    led_at = row.lately.led_at
    if row.kind is not Kind.INITIAL or row.tried or led_at is None:
        return None
    ends = led_at + timedelta(minutes=float(limits.group_minutes))
    until = no_later_than(ends, limits.latest)
    if until is None or until <= now:
        return None
    return Wait(until, "waits for what else happens: another disruption was told just before")
