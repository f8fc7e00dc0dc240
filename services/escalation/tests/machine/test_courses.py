"""Short courses of events, where little happens and much time passes between, and nights on which
clocks are changed: in each the service does what the model says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.escalation.tests.machine.chains import Step
from services.escalation.tests.machine.conditions import Condition
from services.escalation.tests.machine.duel import Duel
from services.escalation.tests.machine.people import Away, Team, Week
from services.escalation.tests.machine.scenarios import NIGHTS, PEOPLE, Night, teams

BOTH = ("acme", "beta")
ROLES = ("account_manager", "deputy", "escalation_manager", "director")
TEAM = Team(dict(zip(ROLES, PEOPLE, strict=False)), away=(Away("tom", 25, 90, None),))
Happening = tuple[int, str, Mapping[str, Any]]

courses = settings(deadline=None, derandomize=True, max_examples=500, database=None)
callers = st.sampled_from(PEOPLE[:3])
clients = st.sampled_from([(), ("acme",), ("beta",)])
OFFICE = [
    Week("Europe/Berlin", tuple((day, opens, opens + 60) for day in range(7)))
    for opens in (9 * 60, 10 * 60 + 10)
]
conditions = st.one_of(
    st.sampled_from([Condition("unresolved"), Condition("unacknowledged")]),
    st.builds(Condition, st.just("severity_at_least"), st.integers(1, 3)),
    st.sampled_from([Condition("question_unanswered"), Condition("question_waits", 5)]),
    st.just(Condition("update_overdue", 10)),
)
steps = st.builds(
    Step,
    when=conditions,
    roles=st.sampled_from(ROLES[:3]).map(lambda role: (role,)),
    after=st.sampled_from([0, 0, 20, 100]),
    repeat=st.integers(0, 3),
    every=st.sampled_from([5, 25]),
    hours=st.none() | st.none() | st.sampled_from(OFFICE),
    waits=st.booleans(),
)


absences = st.builds(
    Away,
    person=st.sampled_from(PEOPLE),
    since=st.integers(-10, 30),
    until=st.integers(40, 80),
    stand_in=st.sampled_from(PEOPLE),
)


def _happening(name: str, **how: st.SearchStrategy[Any]) -> st.SearchStrategy[Happening]:
    gaps = st.sampled_from([0, 3, 15, 45])
    return st.tuples(gaps, st.just(name), st.fixed_dictionaries(how))


happenings = st.one_of(
    _happening("takes", person=callers, clients=clients),
    _happening("declines", person=callers, clients=clients),
    _happening("updated", clients=clients, next_word=st.integers(5, 60)),
    _happening("asks", client=st.sampled_from(BOTH), answer_within=st.integers(1, 30)),
    _happening("severity", rank=st.integers(1, 5)),
    _happening("acknowledged"),
    _happening("de_escalates", clients=clients),
    _happening("comes_back", after=st.integers(1, 30), next_word=st.integers(5, 60)),
    _happening("pauses", clients=clients, minutes=st.none() | st.integers(1, 60)),
)


@courses
@given(
    st.lists(steps, min_size=2, max_size=4),
    st.integers(1, 5),
    st.lists(happenings, min_size=2, max_size=5),
)
def test_little_happens_and_much_time_passes(
    policy: list[Step], rank: int, course: list[Happening]
) -> None:
    night = Night("Europe/Berlin", datetime.fromisoformat("2026-11-24T09:00Z"))
    duel = Duel(night, dict.fromkeys(BOTH, policy), dict.fromkeys(BOTH, TEAM))
    duel.opens(rank, BOTH)
    for gap, what, how in course:
        duel.wait(gap)
        getattr(duel, what)(**how)
        duel.compare()
    duel.wait(100)


@settings(courses, max_examples=60)
@given(st.data(), st.sampled_from(sorted(NIGHTS)))
def test_whoever_is_there_is_called(data: st.DataObject, zone: str) -> None:
    """Stand-ins of stand-ins, whoever is on duty, people outside their hours."""
    begins = datetime.fromisoformat(NIGHTS[zone][0]) - timedelta(minutes=60)
    policy = [
        Step(Condition("unresolved"), (role,), after=after, repeat=4, every=12)
        for after, role in enumerate((*ROLES, "on_duty"))
    ]
    away = data.draw(st.lists(absences, max_size=5, unique_by=lambda one: one.person))
    team = replace(data.draw(teams(zone)), away=tuple(away))
    duel = Duel(Night(zone, begins), {"acme": policy}, {"acme": team})
    duel.opens(1, ["acme"])
    duel.wait(60)


def _weeks(zone: str) -> st.SearchStrategy[Week]:
    """Hours that begin or end when the clocks are changed."""
    early, any_time = st.integers(0, 5 * 4), st.integers(0, 24 * 4 - 1)
    span = st.tuples(early, any_time) | st.tuples(any_time, early)
    days = span.map(lambda found: tuple((day, found[0] * 15, found[1] * 15) for day in range(7)))
    return st.builds(Week, st.just(zone), days)


@pytest.mark.parametrize("change", [0, 1], ids=["forward", "back"])
@pytest.mark.parametrize("zone", sorted(NIGHTS))
def test_hours_on_the_night_on_which_clocks_are_changed(zone: str, change: int) -> None:
    begins = datetime.fromisoformat(NIGHTS[zone][change]) - timedelta(minutes=100)

    @settings(courses, max_examples=25)
    @given(_weeks(zone), _weeks(zone), st.integers(0, 20))
    def every_night(skipping: Week, waiting: Week, after: int) -> None:
        often = Step(Condition("unresolved"), ("deputy",), after, repeat=12, every=17)
        policy = [replace(often, hours=skipping), replace(often, hours=waiting, waits=True)]
        duel = Duel(Night(zone, begins), {"acme": policy}, {"acme": TEAM})
        duel.opens(1, ["acme"])
        duel.wait(220)

    every_night()
