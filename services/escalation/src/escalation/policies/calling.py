"""One call that is due: made, or left out with the reason. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.people.finding import Holders
from escalation.policies.reaching import Channels, Reached, reachable
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
        return Skipped(chain, _call(CallOutcome.STALE, waiting, now), STALE)
    reached = reachable(step, chain, holders, now)
    before = calls_of(chain, waiting.step, waiting.occurrence)
    turns = before[-1].turns if before else reached.turns(step)
    if step.hours is not None and not waiting.forced and outside(step, waiting.due_at):
        call = _call(CallOutcome.OUTSIDE_HOURS, waiting, now, turns)
        return Skipped(chain, call, outside_the_hours(step.hours, waiting.due_at))
    if not reached.people:
        call = _call(CallOutcome.SKIPPED, waiting, now, turns)
        return Skipped(chain, call, sentence(reached.unavailable), reached.unavailable)
    call = _call(CallOutcome.CALLED, waiting, now, turns)
    return _fired(waiting, call, reached.on(step, waiting.number, turns), reached, chain)


def _fired(
    waiting: Pending, call: Call, used: Mapping[str, Channels], reached: Reached, chain: Chain
) -> Fired:
    channels = tuple(dict.fromkeys(one for each in used.values() for one in each))
    return Fired(
        chain,
        replace(call, people=reached.people, channels=channels),
        leaves=waiting.leaves,
        channels=used,
        unavailable=reached.unavailable,
        after_pause=waiting.after_pause,
        forced=waiting.forced,
    )


def _call(outcome: CallOutcome, waiting: Pending, now: datetime, turns: int = 1) -> Call:
    return Call(
        step=waiting.step,
        number=waiting.number,
        occurrence=waiting.occurrence,
        due_at=waiting.due_at,
        at=now,
        outcome=outcome,
        turns=turns,
    )
