"""Who will be called next, as those who are called now are told."""

from __future__ import annotations

from collections.abc import Collection

from tocsin_contracts.events import NextCall

from escalation.people.finding import Holders
from escalation.policies.reaching import reachable
from escalation.policies.state import Chain
from escalation.policies.timing import all_pending, may_come_again
from escalation.triggers.facts import Facts
from escalation.triggers.limits import outside


def next_call(
    chain: Chain, facts: Facts, holders: Holders, *, besides: Collection[str] = ()
) -> NextCall | None:
    """The next person other than ``besides``, if nobody answers; ``None``: they are the last."""
    for waiting in all_pending(chain, facts):
        step = chain.policy.steps[waiting.step]
        if may_come_again(step) or outside(step, waiting.due_at):
            continue
        people = reachable(step, chain, holders, waiting.due_at).people
        others = [person for person in people if person.person not in besides]
        if others:
            return NextCall(name=others[0].name, at=waiting.due_at)
    return None
