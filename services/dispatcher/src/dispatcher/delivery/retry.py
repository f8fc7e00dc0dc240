"""What follows from the outcome of one attempt: done, or again and when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.words import DeliveryState, SuppressionCause
from tocsin_runtime.backoff import exponential

from dispatcher.channels.port import (
    Accepted,
    Rejected,
    RetryLater,
    SendOutcome,
    Unknown,
)
from dispatcher.delivery.endpoint_rules import wait_before_next

BASE = timedelta(seconds=5)
EARLY_CAP = timedelta(minutes=1)
LATE_CAP = timedelta(minutes=10)
EARLY = timedelta(minutes=30)
GIVE_UP = timedelta(hours=24)
SENDERS_ENDED = 4


@dataclass(frozen=True)
class SenderEnded:
    """The process that had claimed the row ended without a word, perhaps before it began to send:
    so this is repeated more often than a lost answer, though not for ever, or a row that kills its
    sender would be sent without end."""

    reason: str = "the process that was sending it ended"


@dataclass(frozen=True)
class Tried:
    """A row after an attempt. ``attempt`` counts from 1; ``doubts`` counts the earlier attempts
    that may have been taken. ``by_schedule``: a webhook's endpoint, which knows a message by its id
    and is tried over days."""

    attempt: int
    doubts: int
    planned_at: datetime
    by_schedule: bool = False


@dataclass(frozen=True)
class Next:
    """The row's next state; ``due_at`` is set where it is tried again, ``doubt`` where this attempt
    may have been taken, ``suppress`` where nothing may be sent to that destination any more,
    ``asks`` where a person is to hear of it."""

    state: DeliveryState
    reason: str | None = None
    provider_id: str | None = None
    due_at: datetime | None = None
    doubt: bool = False
    suppress: SuppressionCause | None = None
    asks: bool = False


def decide(outcome: SendOutcome | SenderEnded, tried: Tried, now: datetime, jitter: float) -> Next:
    """``jitter`` in [0, 1) is drawn by the caller."""
    match outcome:
        case Accepted(provider_id=provider_id):
            return Next(DeliveryState.ACCEPTED, provider_id=provider_id)
        case Rejected(reason=reason, suppress=suppress):
            return Next(DeliveryState.FAILED, reason, suppress=suppress)
        case RetryLater(reason=reason, retry_after=wait, held=True):
            return Next(DeliveryState.PENDING, reason, due_at=now + (wait or timedelta()))
        case RetryLater() | Unknown() if tried.by_schedule:
            return _by_schedule(outcome, tried, now, jitter)
        case RetryLater(reason=reason, retry_after=asked):
            return _later(reason, asked, tried, now, jitter)
        case Unknown() | SenderEnded():
            return _doubtful(outcome, tried, now, jitter)


def _doubtful(outcome: Unknown | SenderEnded, tried: Tried, now: datetime, jitter: float) -> Next:
    """Repeated once; where nobody knows whether it was begun, a few times."""
    most = SENDERS_ENDED if isinstance(outcome, SenderEnded) else 1
    if tried.doubts >= most:
        return Next(DeliveryState.UNKNOWN, outcome.reason, doubt=True)
    due = now + exponential(tried.doubts + 1, base=BASE, cap=EARLY_CAP, jitter=jitter)
    return Next(DeliveryState.PENDING, outcome.reason, due_at=due, doubt=True)


def _later(
    reason: str, asked: timedelta | None, tried: Tried, now: datetime, jitter: float
) -> Next:
    """Often at first, for a mail server that restarts; seldom later; for a day at most."""
    cap = EARLY_CAP if now - tried.planned_at < EARLY else LATE_CAP
    wait = exponential(tried.attempt, base=BASE, cap=cap, jitter=jitter)
    due = now + max(wait, asked or timedelta())
    if due - tried.planned_at > GIVE_UP:
        return Next(DeliveryState.FAILED, f"given up after {tried.attempt} attempts: {reason}")
    return Next(DeliveryState.PENDING, reason, due_at=due)


def _by_schedule(outcome: RetryLater | Unknown, tried: Tried, now: datetime, jitter: float) -> Next:
    doubt = isinstance(outcome, Unknown)
    wait = wait_before_next(tried.attempt, jitter)
    if wait is None:
        ended = DeliveryState.UNKNOWN if doubt else DeliveryState.FAILED
        reason = f"given up after {tried.attempt} attempts: {outcome.reason}"
        return Next(ended, reason, doubt=doubt)
    asked = outcome.retry_after if isinstance(outcome, RetryLater) else None
    due = now + max(wait, asked or timedelta())
    return Next(DeliveryState.PENDING, outcome.reason, due_at=due, doubt=doubt)
