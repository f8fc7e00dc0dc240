"""What is to be done about one chain now, and when to look again.

The rules: a call is made once; what came due while somebody had it, during a pause, or while our
own service was away, is made up for with one call a step, not with all that were missed; only what
watches people is called for while somebody has it; acknowledging stops only what waits for it;
whoever cannot be reached or passes it on brings the next step at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from escalation.people.finding import Holders
from escalation.policies.calling import make
from escalation.policies.state import Call, CallOutcome, Chain, Fired, Skipped, Take, Turn
from escalation.policies.timing import Pending, all_pending, calls_of, exhausted_due, may_come_again
from escalation.triggers.facts import Facts
from escalation.triggers.limits import is_for, outside


def next_moment(chain: Chain, facts: Facts) -> datetime | None:
    """When this chain has to be looked at next; in the past if something is overdue."""
    if not facts.is_open or not chain.active:
        return None
    moments = [waiting.due_at for waiting in all_pending(chain, facts)[:1]]
    if chain.paused is not None:
        ends = chain.paused.until
        return min(moments if ends is None else [*moments, ends], default=None)
    if chain.take is not None:
        return min([chain.take.expires_at, *moments])
    nobody = exhausted_due(chain, facts)
    return min(moments if nobody is None else [*moments, nobody], default=None)


def look(chain: Chain, facts: Facts, holders: Holders, now: datetime) -> Turn:
    """Do what is due by ``now``; a second look at the same moment decides nothing more."""
    due = next_moment(chain, facts)
    if due is None or due > now:
        return Turn(chain)
    over = chain.paused.until if chain.paused else None
    resumed = over is not None and over <= now
    if over is not None and resumed:
        chain = resume(chain, over)
    expired = _expired(chain, now)
    if expired is not None:
        free = replace(chain, take=None, released_at=expired.expires_at)
        chain = call_next(free, facts, expired.expires_at, expired.person)
    turn = _call_what_is_due(chain, facts, holders, now)
    return _ended(replace(turn, expired=expired, resumed=resumed), facts, now)


def resume(chain: Chain, at: datetime) -> Chain:
    """The pause is over: what came due meanwhile is due now, and a take has lost no time."""
    return replace(given_back(chain, at), paused=None, resumed_at=at)


def given_back(chain: Chain, at: datetime) -> Chain:
    """The take of a chain that is paused, with the time that the pause has taken up to ``at``."""
    pause, take = chain.paused, chain.take
    if pause is None or take is None:
        return chain
    since = max(pause.at, take.given_back_to or take.at)
    ends = take.expires_at + max(at - since, timedelta(0))
    return replace(chain, take=replace(take, expires_at=ends, given_back_to=max(at, since)))


def call_next(chain: Chain, facts: Facts, at: datetime, let_go: str) -> Chain:
    """``let_go`` had it until ``at``, or passed it on: what is due by then goes out, and unless
    that is for somebody else whoever is next is called too."""
    due = [waiting for waiting in _by_itself(chain, facts) if waiting.due_at <= at]
    others = any(_may_reach_another(waiting, chain, let_go, at) for waiting in due)
    return chain if others else _bring_forward(chain, facts, at)


def next_uncalled(chain: Chain, facts: Facts, *, after: int = -1) -> int | None:
    """The step that an operator brings forward: the first that has called nobody in this round,
    whether its condition holds or not, ``after`` the one that found nobody just now. ``None``:
    everybody on the list was called."""
    called = {call.step for call in chain.calls if call.outcome is CallOutcome.CALLED}
    for index, step in enumerate(chain.policy.steps):
        waits = index > after and index not in called and not may_come_again(step)
        if waits and is_for(step, chain.client_key, facts):
            return index
    return None


def _expired(chain: Chain, now: datetime) -> Take | None:
    if chain.take is None or chain.paused is not None:
        return None
    return chain.take if chain.take.expires_at <= now else None


def _ended(turn: Turn, facts: Facts, now: datetime) -> Turn:
    """Whether everybody was called by now and nobody has it."""
    if turn.chain.take is not None:
        return turn
    nobody = exhausted_due(turn.chain, facts)
    if nobody is None or nobody > now:
        return turn
    return replace(turn, chain=replace(turn.chain, exhausted_at=now), exhausted=True)


def _may_reach_another(waiting: Pending, chain: Chain, person: str, at: datetime) -> bool:
    """What watches something is not the next step on the list, and what repeats calls for
    ``person`` alone reaches nobody else."""
    step = chain.policy.steps[waiting.step]
    if may_come_again(step) or outside(step, at):
        return False
    before = calls_of(chain, waiting.step, waiting.occurrence)
    people = {called.person for call in before[-1:] for called in call.people}
    return people != {person}


def _by_itself(chain: Chain, facts: Facts) -> Sequence[Pending]:
    """What is next without an operator's doing, as if no pause held it."""
    return all_pending(replace(chain, paused=None, forced=None), facts)


def _bring_forward(chain: Chain, facts: Facts, at: datetime) -> Chain:
    """Move the next step by which nobody was called yet to ``at``, if there is one."""
    steps = chain.policy.steps
    for waiting in _by_itself(chain, facts):
        step = steps[waiting.step]
        if not waiting.number and not may_come_again(step) and not outside(step, at):
            return replace(chain, brought_forward={**chain.brought_forward, waiting.step: at})
    return chain


def _call_what_is_due(chain: Chain, facts: Facts, holders: Holders, now: datetime) -> Turn:
    fired: list[Fired] = []
    skipped: list[Skipped] = []
    missing: tuple[str, ...] = ()
    while (waiting := _first_due(chain, facts, now)) is not None:
        one = make(waiting, chain, holders, now)
        chain = replace(chain, calls=(*chain.calls, one.call))
        if waiting.forced is not None:
            chain = replace(chain, forced=None)
        missing = (*missing, *one.unavailable)
        if isinstance(one, Fired):
            fired.append(replace(one, unavailable=tuple(dict.fromkeys(missing))))
            missing = ()
            chain = waited_for_again(chain, one.call)
        else:
            skipped.append(one)
            chain = _past_nobody(one.call, waiting, chain, facts, now)
    return Turn(chain, fired, skipped)


def waited_for_again(chain: Chain, call: Call) -> Chain:
    """Somebody new on the list was called, so it is not at its end any more."""
    if may_come_again(chain.policy.steps[call.step]):
        return chain
    return replace(chain, exhausted_at=None)


def _first_due(chain: Chain, facts: Facts, now: datetime) -> Pending | None:
    waiting = all_pending(chain, facts)
    return waiting[0] if waiting and waiting[0].due_at <= now else None


def _past_nobody(call: Call, waiting: Pending, chain: Chain, facts: Facts, now: datetime) -> Chain:
    """Where a call reached nobody the step is over, and the next one is called at once."""
    if call.outcome is not CallOutcome.SKIPPED:
        return chain
    if waiting.forced is None:
        return chain if chain.take else _bring_forward(chain, facts, now)
    following = next_uncalled(chain, facts, after=call.step)
    if following is None:
        return chain
    return replace(chain, forced=replace(waiting.forced, step=following, at=now))
