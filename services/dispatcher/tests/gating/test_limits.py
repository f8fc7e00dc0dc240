"""Caps, grouping, digests and fallbacks, each rule by itself."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

from dispatcher.gating.cap import free_at, room
from dispatcher.gating.fallback import ARRIVED, needed
from dispatcher.gating.model import (
    Approval,
    Fallback,
    Fold,
    Gated,
    Lately,
    Limits,
    Send,
    Sibling,
    Skip,
    Wait,
)
from dispatcher.gating.rules import gate
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.directory import Cap, QuietHours
from tocsin_contracts.words import Channel, DeliveryState, Kind

NOW = datetime(2026, 11, 24, 23, 0, tzinfo=UTC)
ALL_DAY = QuietHours(start="00:00", end="23:59")
ago = st.lists(st.integers(0, 300), max_size=8).map(
    lambda given: tuple(NOW - timedelta(minutes=minutes) for minutes in sorted(given))
)
caps = st.builds(Cap, messages=st.integers(1, 5), per_minutes=st.integers(1, 240).map(Decimal))
soon = st.integers(-60, 600).map(lambda minutes: NOW + timedelta(minutes=minutes))
limits = st.builds(
    Limits,
    cap=st.none() | caps,
    group_minutes=st.integers(0, 60).map(Decimal),
    latest=st.none() | soon,
)
lately = st.builds(
    Lately,
    sent=ago,
    led_at=st.none() | st.integers(0, 90).map(lambda minutes: NOW - timedelta(minutes=minutes)),
    waiting=st.integers(0, 3),
    first_words=st.integers(0, 3),
)
rows = st.builds(
    Gated,
    kind=st.sampled_from([kind for kind in Kind if not kind.for_staff]),
    limits=limits,
    lately=lately,
    drill=st.booleans(),
    waited=st.booleans(),
    tried=st.booleans(),
)


@given(rows)
def test_what_spares_a_reader_messages_never_costs_a_promise(row: Gated) -> None:
    verdict = gate(row, NOW)
    if isinstance(verdict, Wait):
        assert row.limits is not None
        assert row.limits.latest is None or verdict.until <= row.limits.latest
        assert verdict.until > NOW


@given(rows)
def test_a_row_without_limits_goes(row: Gated) -> None:
    free = Gated(kind=row.kind, lately=row.lately, waited=row.waited, tried=row.tried)
    assert gate(free, NOW) == Send()


@given(rows)
def test_a_row_that_may_have_arrived_is_neither_held_back_nor_folded(row: Gated) -> None:
    if row.tried:
        assert gate(row, NOW) == Send()


@given(rows)
def test_a_closing_note_a_review_and_a_correction_are_never_folded(row: Gated) -> None:
    if row.kind in {Kind.CLOSURE, Kind.REVIEW, Kind.CORRECTION, Kind.FEEDBACK_REQUEST}:
        assert not isinstance(gate(row, NOW), Fold)


@given(rows)
def test_only_what_waited_is_folded_and_only_with_others(row: Gated) -> None:
    if isinstance(gate(row, NOW), Fold):
        assert row.waited
        assert row.lately.waiting or row.lately.first_words


@given(ago, caps)
def test_the_cap_holds_for_every_span_of_its_length(sent: tuple[datetime, ...], cap: Cap) -> None:
    """Whatever went before: one more at the moment named never makes too many."""
    moment = free_at(sent, cap, NOW) or NOW
    since = moment - timedelta(minutes=float(cap.per_minutes))
    if sum(at > NOW - timedelta(minutes=float(cap.per_minutes)) for at in sent) <= cap.messages:
        assert sum(at > since for at in sent) < cap.messages
        assert room(sent, cap, moment) >= 1


def test_suppression_comes_before_a_persons_yes_and_a_yes_before_the_night() -> None:
    yes = Approval("waits for a yes of Ann Weiss", NOW + timedelta(minutes=5))
    night = Limits(quiet_hours=ALL_DAY)
    assert gate(Gated(suppressed="STOP", approval=yes, limits=night), NOW) == Skip(
        "suppressed: STOP"
    )
    assert gate(Gated(approval=yes, limits=night), NOW) == Wait(yes.until, yes.why)


def test_a_critical_message_waits_for_a_yes_and_for_nothing_else() -> None:
    yes = Approval("waits for a yes of Ann Weiss", NOW + timedelta(minutes=5))
    assert gate(Gated(approval=yes), NOW) == Wait(yes.until, yes.why)
    assert gate(Gated(), NOW) == Send()


# ── fallbacks ───────────────────────────────────────────────────────────────────────────────────

siblings = st.lists(
    st.builds(
        Sibling,
        st.sampled_from([Channel.EMAIL, Channel.SLACK]),
        st.sampled_from(DeliveryState),
        soon,
    ),
    min_size=1,
    max_size=3,
).map(tuple)


@given(siblings, soon)
def test_who_was_reached_gets_no_fallback_and_who_was_not_gets_it_in_the_end(
    given_: tuple[Sibling, ...], deadline: datetime
) -> None:
    fallback = Fallback(given_, deadline, Decimal(5))
    at_last = needed(fallback, NOW + timedelta(days=2))
    states = {sibling.state for sibling in given_}
    if states & ARRIVED:
        assert isinstance(needed(fallback, NOW), Skip)
    elif DeliveryState.SUPERSEDED in states:
        assert isinstance(at_last, Skip)
    else:
        assert at_last is None


@given(siblings, soon)
def test_what_failed_altogether_is_not_waited_for(
    given_: tuple[Sibling, ...], deadline: datetime
) -> None:
    if {one.state for one in given_} <= {DeliveryState.FAILED, DeliveryState.SKIPPED}:
        assert needed(Fallback(given_, deadline, Decimal(5)), NOW) is None


def test_what_waits_for_the_morning_has_its_time_in_the_morning() -> None:
    seven = NOW + timedelta(hours=7)
    mail = Sibling(Channel.EMAIL, DeliveryState.WAITING, seven)
    verdict = needed(Fallback((mail,), NOW + timedelta(minutes=5), Decimal(5)), NOW)
    assert verdict == Wait(
        seven + timedelta(minutes=5), "goes if nothing is accepted by email within 5 minutes"
    )
