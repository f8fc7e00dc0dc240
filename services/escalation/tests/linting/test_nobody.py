"""Hours with nobody, roles nobody holds, stand-ins in a circle, clients and policies left over."""

from __future__ import annotations

from datetime import datetime, timedelta

from tocsin_contracts.directory import Contact
from tocsin_contracts.policies import ChainKind, EscalationPolicy, Hours
from tocsin_contracts.simulation import LintFinding
from tocsin_contracts.staff import Absence, AccountTeam, Duty, DutySpan

from services.escalation.tests.linting.nordlicht import (
    MONDAY,
    WINDOW,
    acme,
    found,
    gold,
    problems,
    whole,
)
from services.escalation.tests.provider import (
    ANN,
    EVA,
    TOM,
    UNACKNOWLEDGED,
    UNCONFIRMED,
    step,
    team,
)

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
OFFICE = Hours(timezone="Europe/Berlin", days=dict.fromkeys(WEEKDAYS, ("08:00", "18:00")))
AT_WORK = ANN.model_copy(update={"working_hours": OFFICE})
MANAGER = step(UNACKNOWLEDGED, "account_manager")
ON_DUTY = step(UNACKNOWLEDGED, "on_duty")


def hours(finding: LintFinding) -> float:
    return sum((ends - begins).total_seconds() / 3600 for begins, ends in finding.spans)


def duty(*spans: tuple[str, float, float], **given: datetime) -> Duty:
    """Who, from which hour of Monday, UTC, to which."""
    hour = timedelta(hours=1)
    told = [(who, MONDAY + begins * hour, MONDAY + ends * hour) for who, begins, ends in spans]
    return Duty(
        spans=tuple(DutySpan(person=w, starts_at=b, ends_at=e) for w, b, e in told),
        **{"known_until": WINDOW.until, **given},
    )


def with_duty(given: Duty) -> AccountTeam:
    return team(account_manager=AT_WORK).model_copy(update={"others": (EVA,), "duty": given})


def test_everybody_at_any_hour_leaves_no_gap() -> None:
    assert problems(whole(MANAGER)) == []


def test_nights_and_the_weekend_without_duty_are_hours_with_nobody() -> None:
    [finding] = found(whole(MANAGER, teams=[team(account_manager=AT_WORK)]))

    assert (finding.problem, finding.team, finding.step) == ("nobody-available", "team-a", 0)
    assert finding.detail == (
        "Step 1 of policy 'critical' finds nobody at team 'team-a' for 118 hours of 7 days, first "
        "from 01:00 on 30 November to 08:00 on 30 November: it is outside Ann Weiss's working "
        "hours, and nobody is on duty. Put somebody on duty then, name a stand-in, or let the step "
        "call at any hour."
    )
    assert hours(finding) == 118


def test_duty_from_evening_to_morning_and_over_the_weekend_fills_the_gap() -> None:
    always = duty(("eva", 0, 24 * 7))

    assert problems(whole(MANAGER, ON_DUTY, teams=[with_duty(always)])) == []


def test_an_hour_between_two_shifts_is_found() -> None:
    gap = duty(("eva", 0, 30), ("eva", 31, 24 * 7))
    [finding] = found(whole(ON_DUTY, teams=[with_duty(gap)]))

    assert finding.spans == ((MONDAY + timedelta(hours=30), MONDAY + timedelta(hours=31)),)


def test_an_absence_without_a_stand_in_is_found() -> None:
    away = Absence(
        person="ann", starts_at=MONDAY + timedelta(days=1), ends_at=MONDAY + timedelta(days=3)
    )
    [finding] = found(whole(MANAGER, teams=[team().model_copy(update={"absences": (away,)})]))

    assert hours(finding) == 48
    assert "Ann Weiss is away until" in finding.detail


def test_outside_the_hours_of_a_step_nobody_is_looked_for() -> None:
    by_day = step(UNACKNOWLEDGED, "account_manager", hours=OFFICE)

    assert problems(whole(by_day, teams=[team(account_manager=AT_WORK)])) == []


def test_a_step_that_calls_at_any_hour_leaves_no_gap() -> None:
    any_hour = step(UNACKNOWLEDGED, "account_manager", at_any_hour=True)

    assert problems(whole(any_hour, teams=[team(account_manager=AT_WORK)])) == []


def test_one_of_several_roles_is_enough() -> None:
    either = step(UNACKNOWLEDGED, "account_manager", "deputy")

    assert problems(whole(either, teams=[team(account_manager=AT_WORK, deputy=TOM)])) == []


def test_beyond_what_is_known_of_a_duty_nothing_is_said() -> None:
    short = duty(("eva", 0, 48), known_until=MONDAY + timedelta(hours=48))

    assert problems(whole(ON_DUTY, teams=[with_duty(short)])) == []


def test_of_very_many_gaps_the_first_ten_are_shown() -> None:
    holes = duty(*[("eva", hour, hour + 1) for hour in range(0, 24 * 7, 3)])
    [finding] = found(whole(ON_DUTY, teams=[with_duty(holes)]))

    assert len(finding.spans) == 10
    assert "for 112 hours" in finding.detail


def test_a_role_that_the_team_lacks_is_found_once() -> None:
    director = step(UNACKNOWLEDGED, "director")
    known = whole(director, ON_DUTY, teams=[team(account_manager=ANN)])

    assert [finding.problem for finding in found(known)] == ["role-not-held", "role-not-held"]
    assert "team 'team-a', which has no director" in found(known)[0].detail


def test_stand_ins_in_a_circle_are_named() -> None:
    times = {"starts_at": MONDAY, "ends_at": MONDAY + timedelta(days=2)}
    away = (
        Absence(person="ann", stand_in="tom", **times),
        Absence(person="tom", stand_in="ann", **times),
    )
    round_about = team().model_copy(update={"absences": away, "key": "team-b"})
    known = whole(ON_DUTY, teams=[with_duty(duty(("eva", 0, 24 * 7))), round_about])

    [finding] = found(known)
    assert (finding.problem, finding.team) == ("stand-in-circle", "team-b")
    assert "Ann Weiss and Tom Klein stand in for one another" in finding.detail


def test_a_circle_of_absences_at_other_times_is_none() -> None:
    first = Absence(
        person="ann", stand_in="tom", starts_at=MONDAY, ends_at=MONDAY + timedelta(days=1)
    )
    second = Absence(
        person="tom",
        stand_in="ann",
        starts_at=MONDAY + timedelta(days=1),
        ends_at=MONDAY + timedelta(days=2),
    )
    both = team().model_copy(update={"absences": (first, second)})

    assert problems(whole(MANAGER, teams=[both])) == []


def test_a_calendar_that_was_not_read_lately_is_found() -> None:
    stale = duty(("eva", 0, 24 * 7), stale_since=MONDAY - timedelta(hours=3))

    assert problems(whole(ON_DUTY, teams=[with_duty(stale)])) == ["duty-stale"]


def test_a_client_without_a_team_is_found() -> None:
    known = whole(MANAGER, clients=[acme(), acme("beta", account_team=None)])

    [finding] = found(known)
    assert (finding.problem, finding.client) == ("client-without-team", "beta")


def test_a_policy_that_no_client_has_is_found() -> None:
    unused = EscalationPolicy(key="night", steps=(MANAGER,))

    [finding] = found(whole(MANAGER, policies=[unused]))
    assert (finding.problem, finding.policy) == ("policy-unused", "night")


def test_clients_whose_plan_names_no_policy_have_the_default_one() -> None:
    default = EscalationPolicy(key="default", steps=(MANAGER,))
    known = whole(MANAGER, policies=[default], plans=[gold(escalation_policy=None)])

    assert [(f.problem, f.policy) for f in found(known)] == [("policy-unused", "critical")]


def test_a_clients_own_process_needs_a_contact_of_the_role() -> None:
    own = EscalationPolicy(key="own", chain=ChainKind.CLIENT, steps=(step(UNCONFIRMED, "cio"),))
    lead = Contact(key="jo", name="Jo", roles=("it_lead",))
    acme_itself = acme(confirmation_policy="own", contacts=(lead,))
    known = whole(MANAGER, policies=[own], clients=[acme_itself])

    [finding] = found(known)
    assert (finding.problem, finding.client) == ("role-not-held", "acme")
    assert "no contact there is cio" in finding.detail
