"""Conditions of several: all of them, one of them, one within the other."""

from __future__ import annotations

from decimal import Decimal

from escalation.triggers.facts import Question
from escalation.triggers.registry import comes_again, watches_people
from tocsin_contracts.policies import Trigger
from tocsin_contracts.words import Severity

from services.escalation.tests.triggers.standing import at, facts, true

SEV1 = Trigger(severity_at_least=Severity.SEV1)
UNACKNOWLEDGED = Trigger(unacknowledged=True)
MANY = Trigger(clients_affected_at_least=2)
OVERDUE = Trigger(update_overdue_minutes=Decimal(10))
ASKED = Trigger(question_unanswered=True)

AFFECTED = {"acme": at(0), "beta": at(9)}
QUESTIONS = {"acme": (Question("q1", "Jo", at(1), at(5)), Question("q2", "Kai", at(2), at(20)))}


def test_all_are_true_from_when_the_last_one_is() -> None:
    both = Trigger(all=(SEV1, MANY))

    assert true(both, facts(affected_since=AFFECTED)) == [("", 9)]
    assert true(both, facts(Severity.SEV2, affected_since=AFFECTED)) == []


def test_one_of_them_is_enough_and_the_earliest_counts() -> None:
    either = Trigger(any=(MANY, UNACKNOWLEDGED))

    assert true(either, facts(affected_since=AFFECTED)) == [("", 0)]
    assert true(either, facts(affected_since=AFFECTED, acknowledged=True)) == [("", 9)]
    assert true(either, facts(acknowledged=True)) == []


def test_what_may_come_true_again_keeps_its_name_within_others() -> None:
    many_and_asked = Trigger(all=(MANY, ASKED))
    known = facts(affected_since=AFFECTED, questions=QUESTIONS, words_due={"acme": at(30)})

    assert true(many_and_asked, known) == [("q1", 9), ("q2", 20)]
    late = f"{at(30).isoformat()}&"
    assert true(Trigger(all=(OVERDUE, ASKED)), known) == [(late + "q1", 40), (late + "q2", 40)]
    assert true(Trigger(any=(ASKED, SEV1)), known) == [("q1", 5), ("q2", 20), ("", 0)]


def test_one_within_the_other() -> None:
    trigger = Trigger(all=(SEV1, Trigger(any=(MANY, OVERDUE))))

    assert true(trigger, facts(words_due={"acme": at(30)})) == [(at(30).isoformat(), 40)]
    assert true(trigger, facts()) == []


def test_a_combination_is_called_for_again_or_to_who_has_it_as_its_parts_are() -> None:
    assert comes_again(Trigger(all=(SEV1, OVERDUE)))
    assert not comes_again(Trigger(any=(SEV1, MANY)))
    assert watches_people(Trigger(any=(SEV1, Trigger(all=(MANY, ASKED)))))
    assert not watches_people(Trigger(all=(SEV1, OVERDUE)))
