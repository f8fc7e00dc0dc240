"""Clients' people: those who wait for an answer, and those whom no channel reaches."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

from tocsin_contracts.policies import UnreachableContact

from escalation.triggers.facts import Facts, OutOfReach, Running
from escalation.triggers.phrases import listed, span
from escalation.triggers.rule import Leaf, Occurrence, Rule, Told

ANYBODY = UnreachableContact()


def _unanswered(_true: bool, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    return tuple(
        _about("question_unanswered", one.id, one.asker, one.answer_due, one.answer_due)
        for one in facts.questions.get(running.client_key, ())
        if one.answer_due is not None
    )


def _unanswered_for(waited: Decimal, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    name, length = "question_unanswered_minutes", timedelta(minutes=float(waited))
    return tuple(
        _about(name, one.id, one.asker, one.asked_at, one.asked_at + length)
        for one in facts.questions.get(running.client_key, ())
    )


def _unreachable(
    wanted: UnreachableContact | bool, running: Running, facts: Facts
) -> tuple[Occurrence, ...]:
    whom = wanted if isinstance(wanted, UnreachableContact) else ANYBODY
    tags = facts.tags.get(running.client_key, frozenset())
    if whom.client_tags and tags.isdisjoint(whom.client_tags):
        return ()
    return tuple(
        _about("contact_unreachable", one.person, one.name, one.since, one.since)
        for one in facts.out_of_reach.get(running.client_key, ())
        if _matters(one, whom)
    )


def _about(trigger: str, key: str, name: str, began_at: datetime, since: datetime) -> Occurrence:
    return Occurrence(key, since, (Leaf(trigger, key, began_at, (name,)),))


def _matters(one: OutOfReach, whom: UnreachableContact) -> bool:
    return not whom.roles or any(role in whom.roles for role in one.roles)


def _answer_late(told: Told) -> str:
    return f"{listed(told.names)} asked, and the answer is {span(told.lasting)} late"


def _waiting(told: Told) -> str:
    return f"{listed(told.names)} asked {span(told.lasting)} ago and has no answer"


def _no_channel(told: Told) -> str:
    return f"{listed(told.names)} can be reached on no channel"


def _answered(_facts: Facts) -> str:
    return "The question is answered."


RULES = {
    "question_unanswered": Rule(
        _unanswered, _answer_late, _answered, comes_again=True, watches_people=True
    ),
    "question_unanswered_minutes": Rule(
        _unanswered_for, _waiting, _answered, comes_again=True, watches_people=True
    ),
    "contact_unreachable": Rule(
        _unreachable,
        _no_channel,
        lambda _: "The contact was reached.",
        comes_again=True,
        watches_people=True,
    ),
}
