"""What follows from one attempt, over every outcome."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from dispatcher.channels.port import (
    Accepted,
    Rejected,
    RetryLater,
    SendOutcome,
    Unknown,
)
from dispatcher.delivery.retry import GIVE_UP, LATE_CAP, SenderEnded, Tried, decide
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import DeliveryState as S

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
JITTER = st.floats(min_value=0, max_value=1, exclude_max=True)
SOON = st.timedeltas(min_value=timedelta(), max_value=timedelta(hours=30))
OUTCOMES: st.SearchStrategy[SendOutcome] = st.one_of(
    st.builds(Accepted, st.just("id")),
    st.builds(Rejected, st.just("no")),
    st.builds(RetryLater, st.just("later"), st.none() | SOON),
    st.builds(Unknown, st.just("cut")),
)


def tried(attempt: int = 1, doubts: int = 0, age: timedelta = timedelta()) -> Tried:
    return Tried(attempt, doubts, NOW - age)


@given(OUTCOMES, st.integers(1, 3_000), st.integers(0, 2), SOON, JITTER)
def test_a_row_is_either_done_or_due_in_the_future_and_before_the_end(
    outcome: SendOutcome, attempt: int, doubts: int, age: timedelta, jitter: float
) -> None:
    row = tried(attempt, doubts, age)
    following = decide(outcome, row, NOW, jitter)
    if following.state is S.PENDING:
        assert following.due_at is not None
        assert following.due_at > NOW
        assert isinstance(outcome, Unknown) or following.due_at - row.planned_at <= GIVE_UP
    else:
        assert following.due_at is None


@given(st.integers(1, 3_000), SOON, JITTER)
def test_retries_come_to_an_end_and_say_so(attempt: int, age: timedelta, jitter: float) -> None:
    following = decide(RetryLater("busy"), tried(attempt, age=age), NOW, jitter)
    if age > GIVE_UP:
        assert following.state is S.FAILED
        assert following.reason == f"given up after {attempt} attempts: busy"
    if age + LATE_CAP < GIVE_UP:
        assert following.state is S.PENDING


@given(st.integers(1, 50), st.timedeltas(timedelta(), timedelta(hours=2)), JITTER)
def test_what_the_provider_asked_for_is_honoured(
    attempt: int, asked: timedelta, jitter: float
) -> None:
    following = decide(RetryLater("429", asked), tried(attempt), NOW, jitter)
    assert following.due_at is not None
    assert following.due_at >= NOW + asked


@given(st.integers(1, 50), JITTER)
def test_in_the_first_half_hour_it_is_tried_at_least_once_a_minute(
    attempt: int, jitter: float
) -> None:
    following = decide(
        RetryLater("refused"), tried(attempt, age=timedelta(minutes=20)), NOW, jitter
    )
    assert following.due_at is not None
    assert following.due_at <= NOW + timedelta(minutes=1)


@given(JITTER)
def test_an_unknown_outcome_is_repeated_once(jitter: float) -> None:
    first = decide(Unknown("cut"), tried(attempt=1, doubts=0), NOW, jitter)
    assert (first.state, first.doubt) == (S.PENDING, True)
    second = decide(Unknown("cut"), tried(attempt=2, doubts=1), NOW, jitter)
    assert (second.state, second.doubt) == (S.UNKNOWN, True)


@given(st.integers(0, 3), JITTER)
def test_a_sender_that_ended_may_never_have_begun_so_it_is_tried_again(
    doubts: int, jitter: float
) -> None:
    following = decide(SenderEnded(), tried(attempt=doubts + 1, doubts=doubts), NOW, jitter)
    assert (following.state, following.doubt) == (S.PENDING, True)


def test_a_message_that_ends_each_of_its_senders_is_not_sent_for_ever() -> None:
    assert decide(SenderEnded(), tried(attempt=5, doubts=4), NOW, 0).state is S.UNKNOWN


def test_jitter_spreads_those_who_wait_for_the_same_server() -> None:
    waits = {decide(RetryLater("x"), tried(4), NOW, j / 10).due_at for j in range(10)}
    assert len(waits) == 10
