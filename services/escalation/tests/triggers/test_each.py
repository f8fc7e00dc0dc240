"""Each trigger alone: when it is true, and since when."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from escalation.triggers.facts import OutOfReach, Owed, Question, SeveritySpan
from escalation.triggers.registry import RULES
from tocsin_contracts.policies import ChainKind, Trigger, UnreachableContact
from tocsin_contracts.words import Promise, Severity

from services.escalation.tests.triggers.standing import START, Client, at, facts, true

SEV1, SEV2, SEV3 = Severity.SEV1, Severity.SEV2, Severity.SEV3
RAISED = Trigger(severity_raised=True)
ASKED = {"acme": (Question("q1", "Jo Frei", at(3), at(18)), Question("q2", "Kai Bo", at(9)))}


def test_every_field_of_a_trigger_has_its_rule() -> None:
    assert set(RULES) == set(Trigger.model_fields) - {"all", "any"}


def test_a_severity_counts_from_when_it_was_reached_and_for_who_joined_later_from_then() -> None:
    trigger = Trigger(severity_at_least=SEV2)

    assert true(trigger, facts(SEV1)) == [("", 0)]
    assert true(trigger, facts(SEV1), Client(started_at=at(7))) == [("", 7)]
    assert true(trigger, facts(SEV3)) == []


def raises(*severities: tuple[Severity, float]) -> list[float]:
    """The minutes of the raises that count at the end of this course."""
    spans = tuple(SeveritySpan(severity, at(minute)) for severity, minute in severities)
    return [minute for _, minute in true(RAISED, facts(spans[-1].severity, severities=spans))]


def test_every_raise_counts_by_itself_until_it_is_taken_back() -> None:
    assert raises((SEV3, 0)) == []
    assert raises((SEV3, 0), (SEV2, 5), (SEV1, 9)) == [5, 9]
    assert raises((SEV3, 0), (SEV1, 5), (SEV2, 9)) == []
    assert raises((SEV3, 0), (SEV2, 5), (SEV1, 9), (SEV2, 12)) == [5]
    assert raises((SEV2, 0), (SEV3, 5), (SEV2, 9)) == [9]


def test_a_raise_before_the_client_joined_is_nothing_new_to_it() -> None:
    spans = (SeveritySpan(SEV3, START), SeveritySpan(SEV1, at(5)))

    assert true(RAISED, facts(severities=spans), Client(started_at=at(6))) == []


def test_unacknowledged_is_true_until_the_noc_has_it_and_unresolved_all_along() -> None:
    assert true(Trigger(unacknowledged=True)) == [("", 0)]
    assert true(Trigger(unacknowledged=True), facts(acknowledged=True)) == []
    assert true(Trigger(unresolved=True), facts(acknowledged=True)) == [("", 0)]


def test_reopened_counts_from_the_moment_it_was_back() -> None:
    again = Client(started_at=at(40))

    assert true(Trigger(reopened=True), facts(), again) == []
    assert true(Trigger(reopened=True), facts(reopened_at=at(40)), again) == [("", 40)]


def test_unconfirmed_is_for_the_clients_own_chain_until_somebody_confirms() -> None:
    own = Client(kind=ChainKind.CLIENT)

    assert true(Trigger(unconfirmed=True), client=own) == [("", 0)]
    assert true(Trigger(unconfirmed=True), client=replace(own, confirmed="Jo")) == []
    assert true(Trigger(unconfirmed=True)) == []


def test_a_word_is_overdue_once_it_is_that_late_and_each_promise_counts_by_itself() -> None:
    trigger = Trigger(update_overdue_minutes=Decimal(10))
    known = facts(words_due={"acme": at(30)})

    assert true(trigger, known) == [(at(30).isoformat(), 40)]
    assert true(trigger, known, Client("beta")) == []


def test_a_promise_is_at_risk_after_that_share_of_its_time_and_broken_once_it_is_judged() -> None:
    owed = Owed(Promise.UPDATE, made_at=at(0), due_at=at(30))
    at_risk, breached = Trigger(sla_at_risk=Decimal("0.8")), Trigger(sla_breached=True)
    name = f"update {at(30).isoformat()}"

    assert true(at_risk, facts(owed={"acme": (owed,)})) == [(name, 24)]
    assert true(breached, facts(owed={"acme": (owed,)})) == []
    broken = facts(owed={"acme": (replace(owed, broken=True),)})
    assert true(breached, broken) == [(name, 30)]
    assert true(at_risk, broken) == [(name, 24)], "it stays at risk while nobody was reached"
    assert true(at_risk, facts()) == []


def test_a_question_waits_from_its_promised_answer_or_from_when_it_was_asked() -> None:
    promised = Trigger(question_unanswered=True)
    waited = Trigger(question_unanswered_minutes=Decimal(20))

    assert true(promised, facts(questions=ASKED)) == [("q1", 18)], "no answer was promised for q2"
    assert true(waited, facts(questions=ASKED)) == [("q1", 23), ("q2", 29)]


@pytest.mark.parametrize(
    ("whom", "people"),
    [
        (True, ["jo", "kai"]),
        (UnreachableContact(roles=("it_lead", "ceo")), ["jo"]),
        (UnreachableContact(client_tags=("vip",)), ["jo", "kai"]),
        (UnreachableContact(client_tags=("school",)), []),
        (UnreachableContact(roles=("ceo",), client_tags=("vip",)), []),
    ],
)
def test_who_is_out_of_reach_matters_by_role_and_by_the_clients_tag(
    whom: bool | UnreachableContact, people: list[str]
) -> None:
    jo = OutOfReach("jo", "Jo Frei", at(4), roles=("it_lead",))
    kai = OutOfReach("kai", "Kai Bo", at(6), roles=("user",))
    known = facts(out_of_reach={"acme": (jo, kai)}, tags={"acme": frozenset({"vip"})})
    trigger = Trigger.model_validate({"contact_unreachable": whom})

    assert [person for person, _ in true(trigger, known)] == people


def test_many_clients_count_from_the_one_that_made_it_many() -> None:
    known = facts(affected_since={"a": at(0), "b": at(9), "c": at(4)})

    assert true(Trigger(clients_affected_at_least=2), known) == [("", 4)]
    assert true(Trigger(clients_affected_at_least=3), known) == [("", 9)]
    assert true(Trigger(clients_affected_at_least=4), known) == []


def test_one_client_counts_for_everybody_from_when_it_joined() -> None:
    known = facts(affected_since={"acme": at(0), "beta": at(9)})

    assert true(Trigger(client_affected="beta"), known, Client("acme")) == [("", 9)]
    assert true(Trigger(client_affected="gamma"), known) == []
