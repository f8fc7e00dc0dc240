"""What holds of whomever a role leads to, for any absences, hours and duty, on any clock change."""

from __future__ import annotations

from datetime import datetime, timedelta

from escalation.people.availability import absence, find, off_hours
from hypothesis import given, settings
from hypothesis import strategies as st
from tocsin_contracts.policies import ON_DUTY, Hours
from tocsin_contracts.staff import Absence, AccountTeam, Duty, DutySpan, StaffMember
from tocsin_contracts.words import StaffRole

from services.escalation.tests.people.wall_clock import CHANGES

PEOPLE = ("ann", "tom", "eva", "dan")
ROLES = [*(role.value for role in StaffRole), ON_DUTY]
trying = settings(deadline=None, max_examples=150)


def span(change: datetime, hours: tuple[int, int]) -> dict[str, datetime]:
    begins = change + timedelta(hours=hours[0])
    return {"starts_at": begins, "ends_at": begins + timedelta(hours=hours[1])}


@st.composite
def teams(draw: st.DrawFn) -> tuple[AccountTeam, datetime]:
    """A team, and a moment near a change of its clock."""
    zone, change = draw(st.sampled_from(sorted(CHANGES)))
    hours = st.tuples(st.integers(-40, 20), st.integers(1, 60))
    working = st.none() | st.just(
        Hours(timezone=zone, days={"sat": ("18:00", "02:30"), "sun": ("01:45", "12:00")})
    )
    members = [StaffMember(key=p, name=p.title(), working_hours=draw(working)) for p in PEOPLE]
    absences = [
        Absence(person=draw(st.sampled_from(PEOPLE)), stand_in=stand_in, **span(change, when))
        for stand_in, when in draw(
            st.lists(st.tuples(st.none() | st.sampled_from(PEOPLE), hours), max_size=5)
        )
    ]
    duty = [
        DutySpan(person=who, **span(change, when))
        for who, when in draw(st.lists(st.tuples(st.sampled_from(PEOPLE), hours), max_size=3))
    ]
    team = AccountTeam(
        key="team",
        members=dict(zip(StaffRole, members, strict=True)),
        absences=tuple(absences),
        duty=Duty(spans=tuple(duty), known_until=change + timedelta(days=30)),
    )
    return team, change + timedelta(minutes=draw(st.integers(-36 * 60, 20 * 60)))


@trying
@given(teams(), st.sampled_from(ROLES), st.booleans())
def test_somebody_who_is_away_is_never_called(
    scene: tuple[AccountTeam, datetime], role: str, at_any_hour: bool
) -> None:
    team, now = scene
    found = find(team, role, now, at_any_hour=at_any_hour)

    called = [one.person.key for one in found if one.person]
    assert found
    assert len(called) == len(set(called))
    assert not any(absence(team.absences, key, now) for key in called)
    assert all(one.reason for one in found if one.person is None)


@trying
@given(teams(), st.sampled_from(list(StaffRole)))
def test_outside_working_hours_only_whoever_is_on_duty_is_called(
    scene: tuple[AccountTeam, datetime], role: StaffRole
) -> None:
    team, now = scene
    on_duty = [one.person for one in find(team, ON_DUTY, now)]

    for one in find(team, role, now):
        if one.person is not None and off_hours(one.person, now) is not None:
            assert one.person in on_duty


@trying
@given(teams(), st.sampled_from(list(StaffRole)))
def test_at_work_and_not_away_it_is_always_the_holder(
    scene: tuple[AccountTeam, datetime], role: StaffRole
) -> None:
    team, now = scene
    holder = team.members[role]
    if absence(team.absences, holder.key, now) or off_hours(holder, now):
        return

    assert [one.person for one in find(team, role, now)] == [holder]


@trying
@given(teams(), st.sampled_from(list(StaffRole)))
def test_whoever_is_called_in_place_of_another_says_for_whom_and_why(
    scene: tuple[AccountTeam, datetime], role: StaffRole
) -> None:
    team, now = scene
    holder = team.members[role]

    for one in find(team, role, now):
        if one.person is not None and one.person != holder:
            assert one.stands_in_for == holder.name
            assert one.reason
