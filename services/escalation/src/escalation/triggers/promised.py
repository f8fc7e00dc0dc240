"""Words that were promised: late, at risk, and promises that are broken."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from escalation.triggers.facts import Facts, Owed, Running
from escalation.triggers.phrases import listed, span
from escalation.triggers.rule import NEVER, Leaf, Occurrence, Rule, Told


def _overdue(late: Decimal, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """One for each promised moment, once the word will have been late for long enough."""
    promised = facts.words_due.get(running.client_key)
    if promised is None:
        return NEVER
    leaf = Leaf("update_overdue_minutes", promised.isoformat(), promised)
    return (Occurrence(leaf.id, promised + timedelta(minutes=float(late)), (leaf,)),)


def _at_risk(share: Decimal, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """That share of the time is over and nobody at the client was reached."""
    found: list[Occurrence] = []
    for owed in facts.owed.get(running.client_key, ()):
        since = owed.made_at + float(share) * (owed.due_at - owed.made_at)
        found.append(Occurrence(_id(owed), since, (Leaf("sla_at_risk", _id(owed), owed.due_at),)))
    return tuple(found)


def _breached(_true: bool, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    return tuple(
        Occurrence(_id(owed), owed.due_at, (Leaf("sla_breached", _id(owed), owed.due_at),))
        for owed in facts.owed.get(running.client_key, ())
        if owed.broken
    )


def _id(owed: Owed) -> str:
    return f"{owed.promise.value} {owed.due_at.isoformat()}"


def _late(told: Told) -> str:
    return f"the word promised to {listed(told.clients)} is {span(told.lasting)} late"


def _running_out(told: Told) -> str:
    """``lasting`` is negative until the moment has passed."""
    whom = f"nobody at {listed(told.clients)} was reached"
    if told.lasting >= timedelta(0):
        return f"{whom}, and the word promised is {span(told.lasting)} late"
    return f"{whom}, and the word promised is due in {span(-told.lasting)}"


def _broken(told: Told) -> str:
    return f"the promise to {listed(told.clients)} is broken by {span(told.lasting)}"


def _written(_facts: Facts) -> str:
    return "The word was given."


RULES = {
    "update_overdue_minutes": Rule(_overdue, _late, _written, comes_again=True),
    "sla_at_risk": Rule(_at_risk, _running_out, _written, comes_again=True, proved=True),
    "sla_breached": Rule(_breached, _broken, _written, comes_again=True, proved=True),
}
