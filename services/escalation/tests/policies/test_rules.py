"""The decision against an independent model, over all kinds of policies and courses of events."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from escalation.policies import answers
from escalation.policies.rules import look, next_moment
from escalation.policies.state import Chain
from escalation.triggers.facts import Facts
from hypothesis import given, settings
from hypothesis import strategies as st
from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.staff import StaffMember
from tocsin_contracts.words import Channel, EscalationState, Severity, StaffRole

from services.escalation.tests.policies.model import Change, Step, expected
from services.escalation.tests.policies.walking import Team

# Ninety minutes before the clocks go back in Berlin: durations must not notice.
START = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
HORIZON = 130
LONG = 260

walks = settings(deadline=None, max_examples=60)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


everybody = Team({role: StaffMember(key=role, name=role) for role in StaffRole})
nobody = Team({}, dict.fromkeys(StaffRole, "nobody is there"))


steps = st.builds(
    Step,
    kind=st.sampled_from(["severity", "unacknowledged", "unresolved"]),
    after=st.integers(0, 60),
    repeat=st.integers(0, 3),
    every=st.integers(1, 20),
    level=st.integers(1, 5),
)
changes = st.lists(
    st.one_of(
        st.builds(
            Change,
            minute=st.integers(0, HORIZON),
            what=st.just("severity"),
            rank=st.integers(1, 5),
        ),
        st.builds(
            Change,
            minute=st.integers(0, HORIZON),
            what=st.sampled_from(["acknowledge", "resolve"]),
        ),
    ),
    max_size=4,
).map(lambda found: sorted(found, key=lambda change: change.minute))


def policy(course: list[Step]) -> EscalationPolicy:
    return EscalationPolicy(key="p", steps=tuple(_step(one) for one in course))


def _step(one: Step) -> PolicyStep:
    triggers = {
        "severity": Trigger(severity_at_least=Severity(f"sev{one.level}")),
        "unacknowledged": Trigger(unacknowledged=True),
        "unresolved": Trigger(unresolved=True),
    }
    return PolicyStep(
        trigger=triggers[one.kind],
        after_minutes=Decimal(one.after),
        notify=(StaffRole.DEPUTY,),
        channels=(Channel.EMAIL,),
        repeat=one.repeat,
        every_minutes=Decimal(one.every),
    )


def facts(rank: int) -> Facts:
    return _with_rank(Facts(Severity.SEV5, {}, known_at=START), rank, START)


def _with_rank(known: Facts, rank: int, moment: datetime) -> Facts:
    severity = Severity(f"sev{rank}")
    since = {
        level: known.severity_since.get(level, moment)
        for level in Severity
        if severity.at_least(level)
    }
    return replace(known, severity=severity, severity_since=since)


def after(change: Change, known: Facts) -> Facts:
    if change.what == "acknowledge":
        return replace(known, acknowledged=True)
    if change.what == "resolve":
        return replace(known, is_open=False)
    return _with_rank(known, change.rank, at(change.minute))


def run(
    chain: Chain, known: Facts, course: list[Change], *, only_when_told: bool
) -> list[tuple[int, int, int]]:
    """Walk the minutes; either look every minute, or only when ``next_moment`` asked for it."""
    made: list[tuple[int, int, int]] = []
    for minute in range(HORIZON + 1):
        for change in (c for c in course if c.minute == minute):
            known = after(change, known)
        asked = next_moment(chain, known)
        if only_when_told and (asked is None or asked > at(minute)):
            continue
        turn = look(chain, known, everybody, at(minute))
        again = look(turn.chain, known, everybody, at(minute))
        assert not again.fired, "a second look at the same moment must decide nothing more"
        chain = turn.chain
        made += [(minute, fired.call.step, fired.call.number) for fired in turn.fired]
    return made


@walks
@given(st.lists(steps, min_size=1, max_size=5), st.integers(1, 5), changes)
def test_every_call_is_made_once_and_in_its_minute(
    course: list[Step], rank: int, told: list[Change]
) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    made = run(chain, facts(rank), told, only_when_told=True)

    assert sorted(made) == sorted(expected(course, rank, told, HORIZON))
    assert len({(step, call) for _, step, call in made}) == len(made)
    assert made == sorted(made, key=lambda call: call[0])


@walks
@given(st.lists(steps, min_size=1, max_size=5), st.integers(1, 5), changes)
def test_looking_more_often_than_asked_changes_nothing(
    course: list[Step], rank: int, told: list[Change]
) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    often = run(chain, facts(rank), told, only_when_told=False)

    assert often == run(chain, facts(rank), told, only_when_told=True)


@walks
@given(st.lists(steps, min_size=1, max_size=5), st.integers(0, 100), st.integers(1, 70))
def test_an_interruption_loses_no_call_and_repeats_none(
    course: list[Step], down_at: int, down_for: int
) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    known = facts(1)
    calls: list[tuple[int, int]] = []
    for minute in range(LONG):
        if down_at <= minute < down_at + down_for:
            continue
        turn = look(chain, known, everybody, at(minute))
        in_one_look = [fired.call.step for fired in turn.fired]
        assert len(set(in_one_look)) == len(in_one_look), "at most one call a step is made up for"
        chain = turn.chain
        calls += [(fired.call.step, fired.call.number) for fired in turn.fired]

    deserved = [(i, n) for i, one in enumerate(course) for n in range(one.repeat + 1)]
    assert sorted(calls) == sorted(deserved)


@walks
@given(st.floats(0.005, 30), st.floats(0, 120))
def test_one_look_makes_up_for_one_call_however_short_the_rhythm(every: float, late: float) -> None:
    rule = _step(Step("unresolved", after=1, repeat=5))
    rule = rule.model_copy(update={"every_minutes": Decimal(str(round(every, 4)))})
    chain = Chain("acme", EscalationPolicy(key="p", steps=(rule,)), started_at=START)
    now = at(1 + late)

    turn = look(chain, facts(1), everybody, now)
    assert [fired.call.number for fired in turn.fired] == [0]
    following = next_moment(turn.chain, facts(1))
    assert following is not None
    assert following > now


@walks
@given(st.lists(steps, min_size=1, max_size=5), st.integers(0, 120))
def test_taken_nobody_is_called_until_it_expires_and_then_everybody_left(
    course: list[Step], taken_at: int
) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    known = facts(1)
    for minute in range(LONG):
        if minute == taken_at:
            chain = answers.take(chain, "ann", "Ann Weiss", at(minute))
        turn = look(chain, known, everybody, at(minute))
        if taken_at <= minute < taken_at + 30:
            assert not turn.fired
            assert turn.chain.state is EscalationState.TAKEN
        assert (turn.expired is not None) == (minute == taken_at + 30)
        chain = turn.chain

    made = [(call.step, call.number) for call in chain.calls]
    deserved = [(i, n) for i, one in enumerate(course) for n in range(one.repeat + 1)]
    assert sorted(made) == sorted(deserved)


@walks
@given(st.lists(steps, min_size=1, max_size=5))
def test_nobody_takes_it_and_that_is_said_exactly_once(course: list[Step]) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    said: list[int] = []
    for minute in range(LONG):
        turn = look(chain, facts(1), everybody, at(minute))
        chain = turn.chain
        said += [minute] if turn.exhausted else []

    assert len(said) == 1
    assert at(said[0]) >= max(call.at for call in chain.calls)
    assert next_moment(chain, facts(1)) is None


@walks
@given(st.lists(steps, min_size=1, max_size=5))
def test_with_nobody_to_call_every_step_is_skipped_at_once(course: list[Step]) -> None:
    chain = Chain("acme", policy(course), started_at=START)
    first = next_moment(chain, facts(1))
    assert first is not None
    turn = look(chain, facts(1), nobody, first)

    assert sorted(one.call.step for one in turn.skipped) == list(range(len(course)))
    assert turn.exhausted
