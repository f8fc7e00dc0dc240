"""A step that finds nobody is left out, and the next one is called at once and says so."""

from __future__ import annotations

from datetime import UTC, datetime

from escalation.policies.state import Forced, Take
from escalation.triggers.facts import Question
from tocsin_contracts.policies import Hours, Trigger
from tocsin_contracts.words import Severity

from services.escalation.tests.policies.walking import minutes_of, people, walk
from services.escalation.tests.provider import SEV1, UNRESOLVED, step
from services.escalation.tests.triggers.standing import START, at, facts

AWAY = {"account_manager": "Ann Weiss is away until 1 December"}
EVENING = Hours(timezone="Europe/Berlin", days={"tue": ("18:00", "22:00")})
"""The outage begins at ten past two on a Tuesday in Berlin."""


def test_the_next_step_is_called_at_once_and_names_who_was_missing() -> None:
    walked = walk(step(SEV1, "account_manager"), step(UNRESOLVED, "deputy", after=15))
    walked.holders = people(AWAY)
    walked.to(1)

    assert walked.names == [(0, "Tom Klein")]
    [(_, skipped)] = walked.skipped
    assert skipped.reason == "Ann Weiss is away until 1 December."
    [(_, tom)] = walked.fired
    assert tom.unavailable == ("Ann Weiss is away until 1 December",)


def test_everybody_who_is_missing_on_the_way_is_named() -> None:
    walked = walk(
        step(SEV1, "account_manager"),
        step(UNRESOLVED, "deputy", after=15),
        step(UNRESOLVED, "director", after=90),
    )
    walked.holders = people({**AWAY, "deputy": "nobody is on duty"})
    walked.to(1)

    [(minute, dan)] = walked.fired
    assert (minute, dan.call.people[0].name) == (0, "Dan Roth")
    assert dan.unavailable == ("Ann Weiss is away until 1 December", "nobody is on duty")


def test_one_of_two_who_is_missing_brings_nobody_forward() -> None:
    walked = walk(step(SEV1, "account_manager", "director"), step(UNRESOLVED, "deputy", after=15))
    walked.holders = people(AWAY)
    walked.to(1)

    [(_, dan)] = walked.fired
    assert [who.name for who in dan.call.people] == ["Dan Roth"]
    assert dan.unavailable == ("Ann Weiss is away until 1 December",)


def test_nobody_at_all_is_said_at_once() -> None:
    walked = walk(step(SEV1, "account_manager"), step(UNRESOLVED, "deputy", after=15))
    walked.holders = people({**AWAY, "deputy": "nobody is on duty"})
    walked.to(1)

    assert walked.names == []
    assert walked.exhausted == [0]


def test_outside_its_hours_a_step_is_left_out_and_nobody_is_brought_forward_for_it() -> None:
    walked = walk(
        step(SEV1, "account_manager", hours=EVENING), step(UNRESOLVED, "deputy", after=15)
    )
    walked.to(60)

    [(minute, skipped)] = walked.skipped
    assert minute == 0
    assert skipped.reason == ("It is outside the hours of this step (18:00–22:00 Europe/Berlin).")
    assert walked.names == [(15, "Tom Klein")]


def test_the_repeats_of_a_step_go_on_once_its_hours_begin() -> None:
    rule = step(SEV1, "deputy", hours=EVENING, repeat=2, every_minutes=120)
    walked = walk(rule).to(300)

    assert minutes_of(walked.skipped) == [0, 120]
    assert walked.names == [(240, "Tom Klein")]


def test_a_step_that_waits_for_its_hours_is_called_as_they_begin() -> None:
    rule = step(SEV1, "deputy", hours=EVENING, outside_hours="wait")
    walked = walk(rule).to(300)

    assert walked.skipped == []
    six = (datetime(2026, 11, 24, 17, tzinfo=UTC) - START).total_seconds() / 60
    assert walked.names == [(six, "Tom Klein")]


def test_whoever_is_missing_is_not_replaced_by_a_step_outside_its_hours() -> None:
    walked = walk(
        step(SEV1, "account_manager"),
        step(UNRESOLVED, "deputy", after=30, hours=EVENING),
        step(UNRESOLVED, "director", after=90),
    )
    walked.holders = people(AWAY)
    walked.to(1)

    assert walked.names == [(0, "Dan Roth")]


def test_a_step_for_other_severities_is_not_waited_for() -> None:
    walked = walk(step(UNRESOLVED, "deputy", severities=["sev3"]))
    walked.facts = facts(Severity.SEV1)

    assert walked.to(300).turns == []


def test_channels_take_turns_also_after_calls_that_were_left_out() -> None:
    turns = step(
        SEV1,
        "deputy",
        channels=["email", "sms"],
        in_turn=True,
        repeat=1,
        every_minutes=240,
        hours=EVENING,
    )
    walked = walk(turns).to(300)

    assert minutes_of(walked.skipped) == [0, 3]
    assert walked.calls == [(243, "Tom Klein", "email"), (246, "Tom Klein", "sms")]


def test_a_step_that_was_only_left_out_for_its_hours_tells_the_last_resort_nothing() -> None:
    walked = walk(step(SEV1, "account_manager", hours=EVENING)).to(300)

    assert minutes_of(walked.skipped) == [0]
    assert walked.exhausted == []


FORCED = Forced(0, "Lena Vogt", "Jo Frei asks for it.", at(2))


def test_what_an_operator_brings_forward_is_called_outside_its_hours_too() -> None:
    walked = walk(step(SEV1, "deputy", after=5, hours=EVENING), forced=FORCED).to(3)

    assert walked.names == [(2, "Tom Klein")]


def test_where_an_operators_step_finds_nobody_the_next_one_is_called_for_it() -> None:
    walked = walk(
        step(SEV1, "account_manager", after=5),
        step(UNRESOLVED, "deputy", after=15, severities=["sev5"]),
        forced=FORCED,
    )
    walked.holders = people(AWAY)
    walked.to(3)

    assert walked.names == [(2, "Tom Klein")]
    [(_, tom)] = walked.fired
    assert tom.forced is not None
    assert (tom.forced.step, tom.forced.by) == (1, "Lena Vogt")


def test_while_somebody_has_it_only_what_watches_people_calls_and_calls_them_too() -> None:
    asked = Question("q1", "Jo Frei", at(0), answer_due=at(5))
    walked = walk(
        step(UNRESOLVED, "deputy", after=4),
        step(Trigger(question_unanswered=True), "director"),
        take=Take("ann", "Ann Weiss", at(0), at(60)),
    )
    walked.facts = facts(questions={"acme": (asked,)})

    assert walked.to(30).names == [(5, "Ann Weiss"), (5, "Dan Roth")]
