"""Steps that had still to call somebody and will not: nothing is called for any more. Pure.

What a take, a pause or an operator only holds back is not cancelled, nor is what a colleague who
passed it on leaves to the next one, nor what a confirm has answered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from escalation.policies.state import Chain, Waiting
from escalation.policies.timing import calls_left, calls_of
from escalation.triggers.facts import Facts
from escalation.triggers.limits import deserved, listed_since
from escalation.triggers.registry import RULES, no_longer
from escalation.triggers.rule import Occurrence

ENDED = "It is not called for any more."


@dataclass(frozen=True)
class Cancelled:
    """Steps of ``chain`` that are cancelled for one ``reason``, a sentence."""

    chain: Chain
    steps: tuple[int, ...]
    reason: str


def compare(
    chain: Chain, facts: Facts, now: datetime, ended: str = ENDED
) -> tuple[Chain, tuple[Cancelled, ...]]:
    """What came true and is not true any more before its calls were made, by reason; and the chain
    with what it has still to call for (itself where that is known).

    ``ended`` says why the whole chain is at its end, where it is.
    """
    waiting = {(one.step, one.occurrence): one for one in still_waiting(chain, facts)}
    known = {(one.step, one.occurrence): one for one in chain.waiting}
    if waiting.keys() == known.keys():
        return chain, ()
    gone = [one for key, one in known.items() if key not in waiting and _calls_remain(chain, one)]
    told = [one for one in gone if one.since <= now and chain.confirmed is None]
    return replace(chain, waiting=tuple(waiting.values())), _by_reason(told, chain, facts, ended)


def still_waiting(chain: Chain, facts: Facts) -> Iterator[Waiting]:
    """For each step what it has still to call for, whoever holds the chain."""
    if not _runs(chain, facts):
        return
    for index, step in enumerate(chain.policy.steps):
        for one in deserved(step, chain, facts):
            waits = Waiting(index, one.id, one.since)
            if _calls_remain(chain, waits) and not _is_proved(one):
                yield waits


def _by_reason(
    gone: Iterable[Waiting], chain: Chain, facts: Facts, ended: str
) -> tuple[Cancelled, ...]:
    steps: dict[str, dict[int, None]] = {}
    for one in gone:
        steps.setdefault(_reason(one, chain, facts, ended), {})[one.step] = None
    return tuple(Cancelled(chain, tuple(found), reason) for reason, found in steps.items())


def _is_proved(one: Occurrence) -> bool:
    """What ends it is told by itself, and known here only later."""
    return any(RULES[leaf.trigger].proved for leaf in one.leaves)


def _runs(chain: Chain, facts: Facts) -> bool:
    return chain.active and chain.confirmed is None and facts.is_open


def _calls_remain(chain: Chain, one: Waiting) -> bool:
    made = calls_of(chain, one.step, one.occurrence)
    return not made or calls_left(chain.policy.steps[one.step], made[-1])


def _reason(one: Waiting, chain: Chain, facts: Facts, ended: str) -> str:
    if not _runs(chain, facts):
        return ended
    step = chain.policy.steps[one.step]
    if step.severities and listed_since(step, facts) is None:
        return f"The severity is {facts.severity.words} now."
    return no_longer(step.trigger, one.occurrence, chain, facts) or ENDED
