"""The schedule of webhooks, and when an endpoint is given up."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from dispatcher.channels.port import Accepted, RetryLater, Unknown
from dispatcher.delivery.endpoint_rules import (
    SCHEDULE,
    Failing,
    Trouble,
    failed_again,
    wait_before_next,
)
from dispatcher.delivery.retry import Tried, decide
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import DeliveryState

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
DAY = timedelta(days=1)
JITTER = st.floats(min_value=0, max_value=1, exclude_max=True)
MIDDLE = 0.5


def tried(attempt: int) -> Tried:
    return Tried(attempt, 0, NOW, by_schedule=True)


def failing_for(days: float, *, every: timedelta = timedelta(hours=12)) -> list[Trouble]:
    """What follows from one failure each twelve hours, in order."""
    known: Failing | None = None
    came: list[Trouble] = []
    moment = NOW
    while moment <= NOW + days * DAY:
        known, trouble = failed_again(known, moment)
        came += [trouble] if trouble else []
        moment += every
    return came


def test_a_message_is_tried_nine_times_over_two_days() -> None:
    moments, now, attempt = [NOW], NOW, 1
    while (wait := wait_before_next(attempt, MIDDLE)) is not None:
        now, attempt = now + wait, attempt + 1
        moments.append(now)

    assert len(moments) == 9
    waits = tuple(after - before for before, after in itertools.pairwise(moments))
    assert waits == SCHEDULE
    assert timedelta(days=2) < moments[-1] - NOW < timedelta(days=2, hours=6)


@given(st.integers(1, len(SCHEDULE)), JITTER)
def test_jitter_moves_an_attempt_by_a_tenth_at_most(attempt: int, jitter: float) -> None:
    wait = wait_before_next(attempt, jitter)

    assert wait is not None
    assert 0.9 * SCHEDULE[attempt - 1] <= wait <= 1.1 * SCHEDULE[attempt - 1]


def test_after_the_last_attempt_it_has_failed() -> None:
    following = decide(RetryLater("the endpoint answered 500"), tried(9), NOW, MIDDLE)

    assert following.state is DeliveryState.FAILED
    assert following.reason == "given up after 9 attempts: the endpoint answered 500"


def test_an_answer_that_was_lost_is_repeated_like_any_failure() -> None:
    """The receiver knows the message by its id, so that a repeat harms nobody."""
    following = decide(Unknown("cut"), tried(4), NOW, MIDDLE)

    assert following.state is DeliveryState.PENDING
    assert following.due_at == NOW + timedelta(hours=2)
    assert decide(Unknown("cut"), tried(9), NOW, MIDDLE).state is DeliveryState.UNKNOWN


def test_an_endpoint_that_asks_for_longer_gets_it() -> None:
    asked = RetryLater("the endpoint answered 429", timedelta(hours=1))

    assert decide(asked, tried(1), NOW, MIDDLE).due_at == NOW + timedelta(hours=1)


def test_what_arrives_is_done() -> None:
    assert decide(Accepted("d-1"), tried(1), NOW, MIDDLE).state is DeliveryState.ACCEPTED


@pytest.mark.parametrize(
    ("days", "came"),
    [
        (2.9, []),
        (3, [Trouble.WARN]),
        (4.9, [Trouble.WARN]),
        (5, [Trouble.WARN, Trouble.DISABLE]),
    ],
)
def test_the_owner_is_warned_after_three_days_and_it_ends_after_five(
    days: float, came: list[Trouble]
) -> None:
    assert failing_for(days) == came


def test_a_few_failures_far_apart_disable_nothing() -> None:
    """One outage a week at which the endpoint happens to be away is no endpoint that is dead."""
    assert failing_for(60, every=7 * DAY) == []


def test_failures_without_a_warning_warn_first() -> None:
    known = Failing(since=NOW, last=NOW + 2 * DAY, failures=9)

    known, trouble = failed_again(known, NOW + 5 * DAY)
    assert trouble is Trouble.WARN
    assert failed_again(known, NOW + 5 * DAY + timedelta(hours=1))[1] is Trouble.DISABLE
