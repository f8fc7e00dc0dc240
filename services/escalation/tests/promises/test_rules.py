"""A promise ends in exactly one of kept and broken, and is never kept without proof."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from escalation.promises.rules import by_evidence, by_time, weigh
from escalation.promises.state import Cadence, Pledge, Row
from escalation.promises.timing import judge_at, next_moment, nudge_at, risk_at, team_at
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.words import Channel, DeliveryState, Kind, Promise, PromiseState

START = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)
DUE = START + timedelta(minutes=30)
MINUTE = timedelta(minutes=1)
REACHED = (DeliveryState.ACCEPTED, DeliveryState.DELIVERED)


def pledge(**given: object) -> Pledge:
    made = Pledge("acme", Promise.UPDATE, DUE, START, 1, Cadence(timedelta(minutes=30)))
    return replace(made, **given)  # type: ignore[arg-type]


def told(**given: object) -> Pledge:
    return pledge(causes=("told",), told_at=START + 20 * MINUTE, **given)


def row(number: int = 0, **given: object) -> Row:
    made = Row(
        delivery_id=f"d{number}",
        cause_id="told",
        client_key="acme",
        kind=Kind.UPDATE,
        rules=(0,),
        person="Jo Frei",
        channel=Channel.EMAIL,
        state=DeliveryState.PENDING,
    )
    return replace(made, **given)  # type: ignore[arg-type]


def accepted(minute: float, number: int = 0, **given: object) -> Row:
    at = START + timedelta(minutes=minute)
    return row(number, state=DeliveryState.ACCEPTED, accepted_at=at, **given)


# ── what proves it ──────────────────────────────────────────────────────────────────────────────


def test_it_is_done_when_the_last_rule_has_somebody() -> None:
    rows = [accepted(21), accepted(25, 1, rules=(1,))]
    assert weigh(told(), rows).done_at == START + 25 * MINUTE


def test_of_several_people_of_one_rule_the_first_counts() -> None:
    rows = [accepted(25), accepted(22, 1)]
    assert weigh(told(), rows).done_at == START + 22 * MINUTE


def test_a_message_that_names_no_rule_needs_one_person() -> None:
    assert weigh(told(), [accepted(22, rules=()), row(1, rules=())]).done_at == START + 22 * MINUTE


def test_what_went_to_others_or_was_of_another_event_proves_nothing() -> None:
    rows = [accepted(21, client_key="beta"), accepted(22, cause_id="another")]
    assert weigh(told(), rows).done_at is None


def test_a_holding_notice_is_no_update() -> None:
    holding = accepted(21, kind=Kind.HOLDING_NOTICE, cause_id="another")
    assert weigh(told(), [holding]).done_at is None
    first = weigh(told(promise=Promise.FIRST_NOTICE), [holding])
    assert (first.done_at, first.by_holding_notice) == (START + 21 * MINUTE, True)


def test_accepted_at_the_very_moment_is_kept() -> None:
    assert by_evidence(told(), [accepted(30)]).state is PromiseState.KEPT
    late = by_evidence(told(), [accepted(30.001)])
    assert (late.state, late.live) == (PromiseState.BREACHED, False)


# ── its moments ─────────────────────────────────────────────────────────────────────────────────


def test_the_moments_of_a_promise_every_half_hour() -> None:
    assert nudge_at(pledge()) == DUE - 5 * MINUTE
    assert risk_at(pledge()) == DUE - 2 * MINUTE
    assert team_at(pledge()) == DUE + 10 * MINUTE
    assert judge_at(pledge()) == DUE + timedelta(seconds=5)


def test_a_short_cadence_is_reminded_of_within_itself() -> None:
    short = pledge(due_at=START + timedelta(seconds=12), cadence=Cadence(timedelta(seconds=12)))
    assert nudge_at(short) == START + timedelta(seconds=8)
    assert risk_at(short) == START + timedelta(seconds=10)
    assert team_at(short) == START + timedelta(seconds=16)


def test_a_moment_that_a_person_set_close_by_is_not_reminded_of_at_once() -> None:
    near = pledge(due_at=START + 3 * MINUTE)
    assert nudge_at(near) == START + 2 * MINUTE


def test_a_closing_note_is_at_risk_hours_before() -> None:
    closing = pledge(promise=Promise.CLOSURE, due_at=START + timedelta(hours=48), cadence=None)
    assert risk_at(closing) == START + timedelta(hours=46)


# ── however it goes ─────────────────────────────────────────────────────────────────────────────

states = st.sampled_from(list(DeliveryState))


@st.composite
def rows_of_a_story(draw: st.DrawFn) -> list[Row]:
    """Rows of two rules, each with whatever became of it, accepted around the moment or never."""
    made = []
    for number in range(draw(st.integers(0, 4))):
        state = draw(states)
        at = START + timedelta(minutes=draw(st.floats(0, 70))) if state in REACHED else None
        rules = draw(st.sampled_from([(0,), (1,), (0, 1), ()]))
        cause = draw(st.sampled_from(["told", "another"]))
        made.append(row(number, state=state, accepted_at=at, rules=rules, cause_id=cause))
    return made


@st.composite
def stories(draw: st.DrawFn) -> tuple[Pledge, list[tuple[datetime, list[Row]]]]:
    """A promise, told or not, and looks at it at rising moments with growing evidence."""
    rows = draw(rows_of_a_story())
    minutes = sorted(draw(st.lists(st.floats(0, 3000), min_size=1, max_size=8)))
    looks = [START + timedelta(minutes=minute) for minute in minutes]
    first = told() if draw(st.booleans()) else pledge()
    return first, [(now, [r for r in rows if _heard(r, now)]) for now in looks]


def _heard(row: Row, now: datetime) -> bool:
    return row.accepted_at is None or row.accepted_at <= now


def everybody_reached(rows: list[Row], by: datetime) -> bool:
    """In words only: of the message that tells it, each rule has somebody by then."""
    mine = [row for row in rows if row.cause_id == "told"]
    by_then = [row for row in mine if row.accepted_at is not None and row.accepted_at <= by]
    named = {rule for row in mine for rule in row.rules}
    return bool(by_then) and named <= {rule for row in by_then for rule in row.rules}


@given(stories())
def test_it_ends_in_one_of_kept_and_broken_and_is_kept_only_with_proof(
    story: tuple[Pledge, list[tuple[datetime, list[Row]]]],
) -> None:
    one, looks = story
    for now, rows in looks:
        before, one = one, by_time(one, rows, now)
        if one.state is PromiseState.KEPT:
            assert one.done_at is not None
            assert one.done_at <= one.due_at
            assert everybody_reached(rows, one.done_at)
        if one.state is PromiseState.BREACHED:
            assert one.done_at is None or one.done_at > one.due_at
            assert one.reason
        assert (one.reason is not None) == (one.state is PromiseState.BREACHED)
        if not before.live:
            assert one == before
    last, _ = looks[-1]
    if last >= judge_at(one):
        assert one.state in (PromiseState.KEPT, PromiseState.BREACHED)


@given(stories())
def test_a_second_look_at_the_same_moment_changes_nothing(
    story: tuple[Pledge, list[tuple[datetime, list[Row]]]],
) -> None:
    one, looks = story
    for now, rows in looks:
        one = by_time(one, rows, now)
        assert by_time(one, rows, now) == one


@given(stories())
def test_looked_at_when_it_says_so_it_is_never_looked_at_without_end(
    story: tuple[Pledge, list[tuple[datetime, list[Row]]]],
) -> None:
    """Reminders aside, which have their own moments: what is due was done by the look."""
    one, looks = story
    one = replace(one, promise=Promise.FIRST_NOTICE)
    for now, rows in looks:
        one = by_time(one, rows, now)
        due = next_moment(one)
        assert due is None or due > now
