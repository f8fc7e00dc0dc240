"""What had still to be called for and is not any more: which steps, and why."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

from escalation.policies import answers
from escalation.policies.cancelling import compare
from escalation.policies.state import Chain, Confirm, Pause
from escalation.triggers.facts import Facts, Question, SeveritySpan
from tocsin_contracts.policies import Trigger
from tocsin_contracts.words import Severity

from services.escalation.tests.policies.walking import Walk, walk
from services.escalation.tests.provider import OVERDUE, SEV1, UNACKNOWLEDGED, UNRESOLVED, step
from services.escalation.tests.triggers.standing import START, at, facts

ENDED = "The incident is resolved."


def armed(walked: Walk, minute: float = 0) -> Chain:
    chain, told = compare(walked.chain, walked.facts, at(minute))
    assert told == ()
    return chain


def gone(chain: Chain, known: Facts, minute: float) -> list[tuple[tuple[int, ...], str]]:
    _, told = compare(chain, known, at(minute), ENDED)
    return [(one.steps, one.reason) for one in told]


def lowered(minute: float) -> Facts:
    spans = (SeveritySpan(Severity.SEV1, START), SeveritySpan(Severity.SEV3, at(minute)))
    return facts(Severity.SEV3, severities=spans)


CHAIN = armed(
    walk(
        step(SEV1, "account_manager", after=10),
        step(UNACKNOWLEDGED, "deputy", after=15),
        step(UNRESOLVED, "director", after=90, severities=["sev1", "sev2"]),
    )
)


def test_each_step_goes_for_what_is_not_true_any_more() -> None:
    assert gone(CHAIN, facts(acknowledged=True), 5) == [((1,), "It is acknowledged.")]
    assert gone(CHAIN, lowered(5), 5) == [((0, 2), "The severity is moderate now.")]
    assert gone(answers.stop(CHAIN), facts(), 5) == [((0, 1, 2), ENDED)]


def test_it_is_said_once() -> None:
    after, told = compare(CHAIN, facts(acknowledged=True), at(5))
    assert len(told) == 1
    assert gone(after, facts(acknowledged=True), 6) == []


def test_what_holds_calls_back_cancels_none() -> None:
    pause = Pause("noc", "They asked us to.", at(3))

    for held in (
        answers.take(CHAIN, "ann", "Ann Weiss", at(3)),
        replace(CHAIN, paused=pause),
        replace(CHAIN, held_from=0),
        replace(CHAIN, declined={"ann": "Ann Weiss"}),
        replace(CHAIN, confirmed=Confirm("jo", "Jo Frei", at(3)), active=False),
    ):
        assert gone(held, facts(), 5) == []


def test_a_step_that_has_called_everybody_is_not_cancelled_and_one_with_repeats_left_is() -> None:
    once = walk(step(UNACKNOWLEDGED, "deputy"))
    more = walk(step(UNACKNOWLEDGED, "deputy", repeat=2, every_minutes=5))
    for walked in (once, more):
        walked.chain = armed(walked)
        walked.to(2)

    assert gone(once.chain, facts(acknowledged=True), 3) == []
    assert gone(more.chain, facts(acknowledged=True), 3) == [((0,), "It is acknowledged.")]


def test_a_word_in_time_cancels_nothing_and_a_late_one_what_waited_for_it() -> None:
    walked = walk(step(OVERDUE, "director", after=20))
    walked.facts = facts(words_due={"acme": at(30)})
    chain = armed(walked)

    assert gone(chain, facts(), 39) == []
    assert gone(chain, facts(), 50) == [((0,), "The word was given.")]


def test_an_answer_cancels_the_question_it_answers_and_no_other() -> None:
    asked = Trigger(question_unanswered_minutes=Decimal(5))
    first, second = Question("q1", "Jo Frei", at(0)), Question("q2", "Kai Bo", at(0))
    walked = walk(step(asked, "director", after=20), step(UNRESOLVED, "deputy", after=60))
    walked.facts = facts(questions={"acme": (first, second)})
    chain, _ = compare(armed(walked), walked.facts, at(6))

    left = facts(questions={"acme": (second,)})
    assert gone(chain, left, 10) == [((0,), "The question is answered.")]
    after, _ = compare(chain, left, at(10))
    assert [(one.step, one.occurrence) for one in after.waiting] == [(0, "q2"), (1, "")]


def test_of_several_conditions_the_one_that_ended_is_named() -> None:
    both = Trigger(all=(SEV1, UNACKNOWLEDGED))
    chain = armed(walk(step(both, "deputy", after=30)))

    assert gone(chain, facts(acknowledged=True), 5) == [((0,), "It is acknowledged.")]
    assert gone(chain, lowered(5), 5) == [((0,), "The severity is moderate now.")]
