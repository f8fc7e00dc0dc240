"""One call that is due: made, or left out with the reason. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tocsin_contracts.policies import PolicyStep

from escalation.people.finding import Holders
from escalation.policies.reaching import Reached, reachable
from escalation.policies.state import Call, CallOutcome, Chain, Fired, Skipped
from escalation.policies.timing import Pending, calls_of
from escalation.policies.words import outside_the_hours, sentence
from escalation.triggers.limits import outside

STALE_AFTER = timedelta(hours=24)
"""What was due longer ago is not called: a service that starts on an old topic wakes nobody."""

STALE = "It was due more than a day ago."


def make(waiting: Pending, chain: Chain, holders: Holders, now: datetime) -> Fired | Skipped:
    step = chain.policy.steps[waiting.step]
    if now - waiting.due_at > STALE_AFTER:
        return _left_out(CallOutcome.STALE, STALE, waiting, chain, now)
    if step.hours is not None and not waiting.forced and outside(step, waiting.due_at):
        reason = outside_the_hours(step.hours, waiting.due_at)
        return _left_out(CallOutcome.OUTSIDE_HOURS, reason, waiting, chain, now)
    reached = reachable(step, chain, holders, now)
    if not reached.people:
        reason = sentence(reached.unavailable)
        skipped = _left_out(CallOutcome.SKIPPED, reason, waiting, chain, now)
        return replace(skipped, unavailable=reached.unavailable)
    return _fired(waiting, step, reached, chain, now)


def _fired(
    waiting: Pending, step: PolicyStep, reached: Reached, chain: Chain, now: datetime
) -> Fired:
    before = calls_of(chain, waiting.step, waiting.occurrence)
    turns = before[-1].turns if before else reached.turns(step)
    used = reached.on(step, waiting.number, turns)
    call = replace(
        _call(CallOutcome.CALLED, waiting, chain, now),
        people=reached.people,
        channels=tuple(dict.fromkeys(one for each in used.values() for one in each)),
        turns=turns,
    )
    return Fired(
        chain,
        call,
        leaves=waiting.leaves,
        channels=used,
        unavailable=reached.unavailable,
        after_pause=waiting.after_pause,
        forced=waiting.forced,
    )


def _left_out(
    outcome: CallOutcome, reason: str, waiting: Pending, chain: Chain, now: datetime
) -> Skipped:
    return Skipped(chain, _call(outcome, waiting, chain, now), reason)


def _call(outcome: CallOutcome, waiting: Pending, chain: Chain, now: datetime) -> Call:
    before = calls_of(chain, waiting.step, waiting.occurrence)
    return Call(
        step=waiting.step,
        number=waiting.number,
        occurrence=waiting.occurrence,
        due_at=waiting.due_at,
        at=now,
        outcome=outcome,
        turns=before[-1].turns if before else 1,
    )
