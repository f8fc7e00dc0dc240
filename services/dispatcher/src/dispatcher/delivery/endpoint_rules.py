"""How long a webhook's endpoint is tried, and when it is given up.

Sources: Standard Webhooks 1.0, "Deliverability and Reliability" (a schedule over days, with jitter;
the owner told by other means before and when an endpoint is disabled).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

SCHEDULE = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
)
"""Between one attempt and the next: a little over two days in all."""
JITTER = 0.1

WARN_AFTER = timedelta(days=3)
DISABLE_AFTER = timedelta(days=5)
FEWEST_FAILURES = 5
SILENCE = timedelta(days=3)
"""Longer than two attempts at one message lie apart: nothing was sent meanwhile, so what failed
before says nothing of today."""


class Trouble(StrEnum):
    """What is to be told of an endpoint now."""

    WARN = "warn"
    """It is disabled before long, unless something arrives."""
    DISABLE = "disable"


@dataclass(frozen=True)
class Failing:
    """An endpoint that has taken nothing ``since``; ``last`` is the newest failure."""

    since: datetime
    last: datetime
    failures: int = 1
    warned: bool = False

    @property
    def ends(self) -> datetime:
        """When it is disabled, unless something arrives."""
        return self.since + DISABLE_AFTER


def wait_before_next(attempt: int, jitter: float) -> timedelta | None:
    """How long after the ``attempt``-th failed one the next follows; ``None``: none does.

    ``jitter`` in [0, 1) moves it by up to a tenth either way, so that an endpoint that was away
    does not get everything at one moment.
    """
    if attempt > len(SCHEDULE):
        return None
    return SCHEDULE[attempt - 1] * (1 + JITTER * (2 * jitter - 1))


def failed_again(before: Failing | None, now: datetime) -> tuple[Failing, Trouble | None]:
    """What is known after one more failure, and what follows from it."""
    if before is None or now - before.last > SILENCE:
        return Failing(since=now, last=now), None
    failing = replace(before, last=max(before.last, now), failures=before.failures + 1)
    trouble = _trouble(failing)
    return replace(failing, warned=failing.warned or trouble is Trouble.WARN), trouble


def _trouble(failing: Failing) -> Trouble | None:
    """By the last failure's moment: an endpoint that nothing is sent to is no trouble."""
    lasted = failing.last - failing.since
    if failing.failures < FEWEST_FAILURES:
        return None
    if lasted >= DISABLE_AFTER:
        # Nobody finds it disabled without having been warned.
        return Trouble.DISABLE if failing.warned else Trouble.WARN
    if lasted >= WARN_AFTER and not failing.warned:
        return Trouble.WARN
    return None
