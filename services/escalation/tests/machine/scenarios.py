"""Policies, teams and nights for the machine to draw from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from hypothesis import strategies as st

from services.escalation.tests.machine.chains import Step
from services.escalation.tests.machine.conditions import Condition
from services.escalation.tests.machine.people import Away, Team, Week

CLIENTS = ("acme", "beta", "gamma")
ROLES = ("account_manager", "deputy", "escalation_manager", "director", "on_duty")
PEOPLE = ("ann", "tom", "eva", "dan", "kim")
CHANNELS = ("email", "sms", "voice")

NIGHTS = {
    "Europe/Berlin": ("2027-03-28T01:00Z", "2026-10-25T01:00Z"),
    "America/New_York": ("2027-03-14T07:00Z", "2026-11-01T06:00Z"),
    "Australia/Lord_Howe": ("2026-10-03T15:30Z", "2027-04-03T15:00Z"),
}
"""When the clocks are changed, in UTC."""


@dataclass(frozen=True)
class Night:
    """The zone of the story's hours and the moment at which its minute 0 is."""

    zone: str
    begins: datetime


nights = st.builds(
    lambda zone, back, before: Night(
        zone, datetime.fromisoformat(NIGHTS[zone][back]) - timedelta(minutes=before)
    ),
    st.sampled_from(sorted(NIGHTS)),
    st.integers(0, 1),
    st.integers(0, 180),
)


def _of(kind: str, numbers: st.SearchStrategy[int]) -> st.SearchStrategy[Condition]:
    return st.builds(Condition, st.just(kind), numbers)


leaves = st.one_of(
    _of("severity_at_least", st.integers(1, 4)),
    st.sampled_from(
        [
            Condition("unacknowledged"),
            Condition("unresolved"),
            Condition("reopened"),
            Condition("severity_raised"),
            Condition("question_unanswered"),
            *(Condition("client_affected", client=client) for client in CLIENTS),
        ]
    ),
    _of("update_overdue", st.integers(0, 15)),
    _of("question_waits", st.integers(0, 30)),
    _of("clients_affected_at_least", st.integers(1, 3)),
)


def _both(kind: str) -> st.SearchStrategy[Condition]:
    parts = st.lists(leaves, min_size=2, max_size=3).map(tuple)
    return st.builds(Condition, st.just(kind), parts=parts)


plain = st.sampled_from([Condition("unacknowledged"), Condition("unresolved")])
conditions = st.one_of(plain, plain, leaves, leaves, _both("all"), _both("any"))


def weeks(zone: str) -> st.SearchStrategy[Week]:
    clock = st.integers(0, 24 * 4 - 1).map(lambda quarter: quarter * 15)
    days = st.tuples(clock, clock).map(lambda span: tuple((day, *span) for day in range(7)))
    return st.builds(Week, st.just(zone), days)


minutes = st.integers(0, 40) | st.integers(41, 120)
roles = st.lists(st.sampled_from(ROLES), min_size=1, max_size=2, unique=True).map(tuple)
channels = st.lists(st.sampled_from(CHANNELS), max_size=3, unique=True).map(tuple)
plain_steps = st.builds(
    Step,
    when=plain | leaves,
    roles=roles,
    after=minutes,
    channels=channels,
    repeat=st.integers(0, 3),
    every=st.none() | st.integers(1, 40),
)


def steps(zone: str) -> st.SearchStrategy[Step]:
    return plain_steps | st.builds(
        Step,
        when=conditions,
        roles=roles,
        after=minutes,
        channels=channels,
        in_turn=st.booleans(),
        gap=st.integers(1, 5),
        repeat=st.integers(0, 3),
        every=st.none() | st.integers(1, 40),
        ranks=st.just(()) | st.sets(st.integers(1, 5), min_size=1).map(lambda s: tuple(sorted(s))),
        clients=st.just(()) | st.sampled_from([("acme",), ("beta", "gamma")]),
        hours=st.none() | weeks(zone),
        waits=st.booleans(),
        any_hour=st.booleans(),
    )


def courses(zone: str) -> st.SearchStrategy[tuple[Step, ...]]:
    return st.lists(steps(zone), min_size=1, max_size=5).map(tuple)


def teams(zone: str) -> st.SearchStrategy[Team]:
    person = st.sampled_from(PEOPLE)
    somebody = st.fixed_dictionaries(dict.fromkeys(ROLES[:-1], person))
    held = somebody | st.dictionaries(st.sampled_from(ROLES[:-1]), person, min_size=2)
    minute = st.integers(0, 150)
    return st.builds(
        Team,
        roles=held,
        others=st.just(PEOPLE),
        away=st.lists(_away(person), max_size=3, unique_by=lambda one: one.person).map(tuple),
        duty=st.lists(
            st.builds(lambda who, at, n: (who, at, at + n), person, minute, minute), max_size=2
        ).map(tuple),
        works=st.just({}) | st.dictionaries(person, weeks(zone), max_size=1),
        prefers=st.dictionaries(
            person, st.lists(st.sampled_from(CHANNELS), max_size=3, unique=True).map(tuple)
        ),
    )


def _away(person: st.SearchStrategy[str]) -> st.SearchStrategy[Away]:
    at = st.integers(-10, 100)
    return st.builds(
        lambda who, since, n, instead: Away(who, since, since + n, instead),
        person,
        at,
        st.integers(1, 200),
        st.none() | person,
    )
