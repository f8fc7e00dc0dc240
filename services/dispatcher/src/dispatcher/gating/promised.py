"""What only spares a reader messages never costs a promise."""

from __future__ import annotations

from datetime import datetime, timedelta

MARGIN = timedelta(minutes=1)
"""For the way to the provider."""


def latest_for(promised: datetime | None) -> datetime | None:
    """The last moment to let a message go that was promised by ``promised``."""
    return promised - MARGIN if promised is not None else None


def no_later_than(until: datetime | None, latest: datetime | None) -> datetime | None:
    if until is None or latest is None:
        return until
    return min(until, latest)
