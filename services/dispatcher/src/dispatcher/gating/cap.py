"""The cap: not more messages to one destination than its plan allows."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.directory import Cap

from dispatcher.gating.model import Gated, Limits, Wait
from dispatcher.gating.promised import no_later_than


def above_the_cap(row: Gated, limits: Limits, now: datetime) -> Wait | None:
    """Not for a row that was let go before: it may have arrived, and then it was counted."""
    if limits.cap is None or row.tried:
        return None
    free = no_later_than(free_at(row.lately.sent, limits.cap, now), limits.latest)
    if free is None or free <= now:
        return None
    return Wait(free, f"waits for others: {_words(limits.cap)}")


def free_at(sent: tuple[datetime, ...], cap: Cap, now: datetime) -> datetime | None:
    """When there is room for one more message; ``None`` if there is now.

    ``sent``: when the last ones went, the newest first.
    """
    if len(sent) < cap.messages:
        return None
    free = sent[cap.messages - 1] + timedelta(minutes=float(cap.per_minutes))
    return free if free > now else None


def room(sent: tuple[datetime, ...], cap: Cap, now: datetime) -> int:
    """How many more messages the cap allows by now."""
    since = now - timedelta(minutes=float(cap.per_minutes))
    return cap.messages - sum(at > since for at in sent)


def _words(cap: Cap) -> str:
    messages = "one message" if cap.messages == 1 else f"{cap.messages} messages"
    return f"at most {messages} in {cap.per_minutes.normalize():f} minutes"
