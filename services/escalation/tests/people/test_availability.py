"""Whom a role leads to, and what is said where it is somebody else, or nobody."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from escalation.people.availability import find
from tocsin_contracts.policies import ON_DUTY, Hours
from tocsin_contracts.staff import Absence, AccountTeam, Duty, DutySpan, StaffMember
from tocsin_contracts.words import StaffRole

OFFICE = Hours(
    timezone="Europe/Berlin",
    days=dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), ("08:00", "18:00")),
)
ANN = StaffMember(key="ann", name="Ann Weiss", working_hours=OFFICE, holidays="DE-BE")
TOM = StaffMember(key="tom", name="Tom Klein")
EVA = StaffMember(key="eva", name="Eva Lang")

TUESDAY = datetime(2026, 11, 24, 9, tzinfo=UTC)
NIGHT = datetime(2026, 11, 24, 1, 17, tzinfo=UTC)
DAY = timedelta(days=1)


def team(*absences: Absence, duty: Duty | None = None, ann: StaffMember = ANN) -> AccountTeam:
    members = {StaffRole.ACCOUNT_MANAGER: ann, StaffRole.DEPUTY: TOM}
    return AccountTeam(key="a", members=members, others=(EVA,), absences=absences, duty=duty)


def away(person: str, stand_in: str | None = None, until: datetime | None = None) -> Absence:
    ends = until or datetime(2026, 11, 30, 23, tzinfo=UTC)
    return Absence(person=person, starts_at=TUESDAY - 3 * DAY, ends_at=ends, stand_in=stand_in)


def on_duty(*people: str, stale: datetime | None = None, until: datetime | None = None) -> Duty:
    spans = tuple(
        DutySpan(person=who, starts_at=NIGHT - DAY, ends_at=NIGHT + DAY) for who in people
    )
    return Duty(spans=spans, known_until=until or NIGHT + 30 * DAY, stale_since=stale)


def said(team: AccountTeam, role: str, now: datetime, **how: bool) -> list[tuple[str, str]]:
    found = find(team, role, now, **how)
    return [(one.person.key if one.person else "nobody", one.reason) for one in found]


def test_at_work_the_account_manager_is_called() -> None:
    assert said(team(), "account_manager", TUESDAY) == [("ann", "")]


def test_away_her_stand_in_is_called_in_her_place() -> None:
    [found] = find(team(away("ann", "eva")), "account_manager", TUESDAY)

    assert found.person == EVA
    assert found.stands_in_for == "Ann Weiss"
    assert found.reason == "Ann Weiss is away until 1 December"


def test_a_team_reads_dates_on_its_own_clock() -> None:
    in_new_york = team(away("ann")).model_copy(update={"timezone": "America/New_York"})

    assert said(in_new_york, "account_manager", TUESDAY) == [
        ("nobody", "Ann Weiss is away until 18:00 on 30 November, and nobody stands in")
    ]


def test_a_stand_in_who_is_away_too_is_stood_in_for() -> None:
    both = team(away("ann", "tom"), away("tom", "eva", TUESDAY + timedelta(hours=5)))

    assert said(both, "account_manager", TUESDAY) == [
        ("eva", "Ann Weiss is away until 1 December, and Tom Klein is away until 15:00")
    ]


def test_stand_ins_in_a_circle_end_in_nobody() -> None:
    circle = team(away("ann", "tom"), away("tom", "ann"))

    [(who, reason)] = said(circle, "account_manager", TUESDAY)
    assert who == "nobody"
    assert reason.endswith("Tom Klein is away until 1 December, and nobody stands in")


def test_an_absence_counts_from_its_beginning_until_before_its_end() -> None:
    begins, ends = TUESDAY, TUESDAY + timedelta(hours=2)
    one = team(Absence(person="ann", starts_at=begins, ends_at=ends, stand_in="eva"))
    second = timedelta(seconds=1)

    moments = (begins - second, begins, ends - second, ends)
    assert [said(one, "account_manager", at)[0][0] for at in moments] == [
        "ann",
        "eva",
        "eva",
        "ann",
    ]


def test_of_two_absences_at_once_the_one_with_a_stand_in_counts() -> None:
    ill = team(away("ann", until=TUESDAY + 60 * DAY), away("ann", "eva"))

    assert said(ill, "account_manager", TUESDAY)[0][0] == "eva"


def test_at_night_whoever_is_on_duty_stands_in() -> None:
    [found] = find(team(duty=on_duty("eva")), "account_manager", NIGHT)

    assert (found.person, found.stands_in_for) == (EVA, "Ann Weiss")
    assert found.reason == "it is outside Ann Weiss's working hours"


def test_at_night_with_nobody_on_duty_nobody_is_called() -> None:
    assert said(team(), "account_manager", NIGHT) == [
        ("nobody", "it is outside Ann Weiss's working hours, and nobody is on duty")
    ]


def test_a_step_that_calls_at_any_hour_calls_her_at_night() -> None:
    assert said(team(), "account_manager", NIGHT, at_any_hour=True) == [("ann", "")]


def test_without_working_hours_somebody_is_called_at_any_hour() -> None:
    assert said(team(), "deputy", NIGHT) == [("tom", "")]


def test_a_public_holiday_is_no_working_day_in_her_part_of_the_country_alone() -> None:
    womens_day = datetime(2027, 3, 8, 9, tzinfo=UTC)
    in_bavaria = ANN.model_copy(update={"holidays": "DE-BY"})

    assert said(team(), "account_manager", womens_day) == [
        ("nobody", "8 March is a public holiday for Ann Weiss, and nobody is on duty")
    ]
    assert said(team(ann=in_bavaria), "account_manager", womens_day) == [("ann", "")]


def test_the_holiday_is_that_of_her_own_clock() -> None:
    """In Berlin 3 October begins at 22:00 UTC on the day before."""
    at_any_day = OFFICE.model_copy(
        update={"days": dict.fromkeys(("fri", "sat"), ("00:00", "24:00"))}
    )
    ann = ANN.model_copy(update={"working_hours": at_any_day})
    begins = datetime(2026, 10, 2, 22, tzinfo=UTC)

    assert said(team(ann=ann), "account_manager", begins - timedelta(minutes=1)) == [("ann", "")]
    assert said(team(ann=ann), "account_manager", begins)[0][0] == "nobody"


def test_a_country_nobody_knows_has_no_holidays() -> None:
    lost = ANN.model_copy(update={"holidays": "XX"})

    assert said(team(ann=lost), "account_manager", TUESDAY) == [("ann", "")]


def test_everybody_on_duty_is_called_each_once() -> None:
    assert said(team(duty=on_duty("eva", "tom", "eva")), ON_DUTY, NIGHT) == [
        ("eva", ""),
        ("tom", ""),
    ]


def test_on_duty_she_is_called_outside_her_hours() -> None:
    duty = team(duty=on_duty("ann"))

    assert said(duty, ON_DUTY, NIGHT) == [("ann", "")]
    assert said(duty, "account_manager", NIGHT) == [("ann", "")]


def test_on_duty_and_away_the_stand_in_is_called() -> None:
    [found] = find(team(away("tom", "eva"), duty=on_duty("tom")), ON_DUTY, TUESDAY)

    assert (found.person, found.stands_in_for) == (EVA, "Tom Klein")


def test_a_calendar_that_was_not_read_lately_says_so() -> None:
    stale = datetime(2026, 11, 23, 20, 5, tzinfo=UTC)

    assert said(team(duty=on_duty("eva", stale=stale)), ON_DUTY, NIGHT) == [
        ("eva", "the duty calendar was last read at 21:05 on 23 November")
    ]


def test_beyond_what_is_known_nobody_is_said_to_be_on_duty() -> None:
    known = on_duty("eva", until=NIGHT + 2 * DAY)

    assert said(team(duty=known), ON_DUTY, NIGHT + 3 * DAY) == [
        ("nobody", "who is on duty is known only until 02:17 on 26 November")
    ]


@pytest.mark.parametrize("role", ["director", "it_lead"])
def test_a_role_that_nobody_holds_says_so(role: str) -> None:
    assert said(team(), role, TUESDAY) == [
        ("nobody", f"the account team names no {role.replace('_', ' ')}")
    ]
