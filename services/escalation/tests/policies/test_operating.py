"""What an operator may do to one chain, decided on nothing but the chain."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from escalation.policies import confirming, operating
from escalation.policies.answers import renew, start_again, take
from escalation.policies.rules import look, next_moment, resume
from escalation.policies.state import Chain, Confirm, Pause, Turn
from escalation.triggers.facts import Facts
from hypothesis import given
from hypothesis import strategies as st
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Severity

from services.escalation.tests.policies.test_rules import everybody
from services.escalation.tests.provider import ACME_ITSELF, CRITICAL

START = datetime(2026, 10, 24, 23, 30, tzinfo=UTC)
OPEN = Facts(
    severity=Severity.SEV1,
    severity_since=dict.fromkeys(Severity, START),
    known_at=START,
)
CHAIN = Chain("acme", CRITICAL, started_at=START)


def at(minute: float) -> datetime:
    return START + timedelta(minutes=minute)


def paused(chain: Chain, minute: float, until: float | None = None) -> Chain:
    wish = Pause("noc", "A test.", at(minute), None if until is None else at(until))
    return operating.pause(chain, wish)


def played(chain: Chain, until: float) -> Chain:
    """Looked at every minute up to ``until``."""
    for minute in range(int(until) + 1):
        chain = look(chain, OPEN, everybody, at(minute)).chain
    return chain


def called(turn: Turn) -> list[str]:
    return [person.person for one in turn.fired for person in one.call.people]


def test_a_pause_without_an_end_needs_no_clock() -> None:
    assert next_moment(paused(CHAIN, 0), OPEN) is None
    assert next_moment(paused(CHAIN, 0, until=20), OPEN) == at(20)


def test_a_second_pause_is_the_same_one_with_another_end() -> None:
    again = paused(paused(CHAIN, 0, until=20), 10, until=40)
    assert again.paused == Pause("noc", "A test.", at(0), at(40))


@given(st.integers(0, 29), st.integers(0, 500))
def test_a_take_has_after_a_pause_what_it_had_before(before: int, length: int) -> None:
    held = paused(take(CHAIN, "ann", "Ann", at(0)), before)
    after = resume(held, at(before + length))
    assert after.take is not None
    assert after.take.expires_at == at(30 + length)


def test_a_word_in_a_pause_gives_the_take_its_full_time_after_it() -> None:
    """Taken at 0 for half an hour, held from 9 to 45, and the client written to at 30."""
    held = renew(paused(take(CHAIN, "ann", "Ann", at(0)), 9), at(30))
    after = resume(held, at(45))
    assert after.take is not None
    assert after.take.expires_at == at(75)


def test_a_take_in_a_pause_has_its_full_time_after_it_and_a_second_one_adds_none() -> None:
    held = take(paused(CHAIN, 9), "ann", "Ann", at(20))
    again = take(held, "ann", "Ann", at(40))
    for chain in (held, again):
        after = resume(chain, at(45))
        assert after.take is not None
        assert after.take.expires_at == at(75)


def test_each_press_brings_in_the_next_of_the_list_and_then_nobody() -> None:
    chain = played(CHAIN, 0)
    people: list[str] = []
    while (forced := operating.escalate(chain, OPEN, "noc", "A test.", at(1))) is not None:
        turn = look(forced, OPEN, everybody, at(1))
        chain, people = turn.chain, [*people, *called(turn)]
    assert people == ["deputy", "escalation_manager", "director"]


def test_a_press_before_the_call_of_the_last_one_is_no_second_one() -> None:
    forced = operating.escalate(CHAIN, OPEN, "noc", "A test.", at(1))
    assert forced is not None
    assert operating.escalate(forced, OPEN, "noc", "A test.", at(1)) is None


def test_taken_back_it_calls_no_more_and_is_not_exhausted() -> None:
    back = operating.de_escalate(played(CHAIN, 16), OPEN)
    assert back is not None
    assert (back.step, [person.person for person in back.told]) == (1, ["deputy"])
    assert next_moment(back.chain, OPEN) is None


def test_taken_back_twice_it_is_taken_back_once() -> None:
    back = operating.de_escalate(played(CHAIN, 16), OPEN)
    assert back is not None
    assert operating.de_escalate(back.chain, OPEN) is None


def test_whoever_has_it_is_not_told_to_leave_it() -> None:
    held = take(played(CHAIN, 16), "deputy", "deputy", at(16))
    back = operating.de_escalate(held, OPEN)
    assert back is not None
    assert back.told == ()


def test_a_confirm_of_the_round_before_says_nothing_of_this_one() -> None:
    own = Chain("acme", ACME_ITSELF, started_at=START, kind=ChainKind.CLIENT)
    assert confirming.ends(own, at(-5))
    confirmed = confirming.confirm(own, Confirm("jo", "Jo Frei", at(3)))
    assert not confirming.ends(confirmed, at(4))

    again = start_again(confirmed, at(60))
    assert (again.kind, again.round, again.confirmed) == (ChainKind.CLIENT, 2, None)
    assert not confirming.ends(again, at(3))
    assert confirming.ends(again, at(61))


def test_our_own_people_do_not_end_by_a_confirm() -> None:
    assert not confirming.ends(replace(CHAIN, active=True), at(1))
