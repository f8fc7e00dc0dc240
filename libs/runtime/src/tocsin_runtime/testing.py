"""What tests of any service need: a clock that stands still until it is moved."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DEFAULT_START = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)


class FakeClock:
    """A clock that only ``advance`` and ``set`` move."""

    def __init__(self, start: datetime | None = None) -> None:
        self._now = start or DEFAULT_START

    def now(self) -> datetime:
        return self._now

    def advance(self, **amount: float) -> datetime:
        """Move forward by ``timedelta(**amount)`` and return the new moment."""
        self._now += timedelta(**amount)
        return self._now

    def set(self, moment: datetime) -> None:
        self._now = moment
