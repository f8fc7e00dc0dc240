"""When the next call of each step is due.

A step's clock runs from the moment its condition came true for this client. What may come true
again is called for by itself each time. Calls of one occurrence follow one another, so each has at
most one call that is next.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache

from tocsin_contracts.policies import PolicyStep

from escalation.policies.state import Call, CallOutcome, Chain, Forced
from escalation.triggers import registry
from escalation.triggers.facts import Facts
from escalation.triggers.limits import deserved, within_hours
from escalation.triggers.rule import Leaf, Occurrence

LATE_AFTER = timedelta(seconds=30)
"""A call later than this says that it is late."""

ANSWER_WAIT = timedelta(minutes=10)
"""How long a call without repeats is waited for before nobody is said to have answered."""


@dataclass(frozen=True)
class Pending:
    """The next call of a step and the moment it is due.

    ``after_pause``: it was due before, while an operator held all calls.
    """

    step: int
    number: int
    occurrence: str
    due_at: datetime
    leaves: tuple[Leaf, ...] = ()
    after_pause: bool = False
    forced: Forced | None = None

    @property
    def order(self) -> tuple[datetime, int, str]:
        return self.due_at, self.step, self.occurrence


@lru_cache(maxsize=1024)
def minutes(amount: Decimal) -> timedelta:
    return timedelta(minutes=float(amount))


def interval(step: PolicyStep) -> timedelta:
    return ANSWER_WAIT if step.every_minutes is None else minutes(step.every_minutes)


def watches_people(step: PolicyStep) -> bool:
    """It calls for somebody who waits or cannot be reached, of whom whoever has the client may not
    know: so it calls them too, and those who passed the client on."""
    return registry.watches_people(step.trigger)


def may_come_again(step: PolicyStep) -> bool:
    """It watches something of which there may be another one later."""
    return registry.comes_again(step.trigger)


def all_pending(chain: Chain, facts: Facts) -> Sequence[Pending]:
    """Every call that is next, the earliest first.

    A pause holds all. While somebody has it, and from where an operator stepped back to, only what
    watches people calls by itself. What an operator brings forward is called whatever holds.
    """
    return facts.once(chain, "pending", lambda: _all_pending(chain, facts))


def _all_pending(chain: Chain, facts: Facts) -> list[Pending]:
    found = [] if chain.forced is None else _forced(chain.forced, chain)
    if chain.paused is None and chain.confirmed is None:
        for index in range(len(chain.policy.steps)):
            if not is_held(index, chain):
                found.extend(pending(index, chain, facts))
    found.sort(key=lambda one: one.order)
    return found


def is_held(index: int, chain: Chain) -> bool:
    """Whether somebody's take, or an operator, keeps the step from calling."""
    stepped_back = chain.held_from is not None and index >= chain.held_from
    held = chain.take is not None or stepped_back
    return held and not watches_people(chain.policy.steps[index])


def pending(index: int, chain: Chain, facts: Facts) -> list[Pending]:
    """The next call of step ``index`` for each occurrence; none: made, or not deserved."""
    step = chain.policy.steps[index]
    if chain.forced is not None and chain.forced.step == index:
        return []
    found = (_next_of(index, step, chain, one) for one in deserved(step, chain, facts))
    return [one for one in found if one is not None]


def calls_of(chain: Chain, index: int, occurrence: str) -> list[Call]:
    return [c for c in chain.calls if c.step == index and c.occurrence == occurrence]


def exhausted_due(chain: Chain, facts: Facts) -> datetime | None:
    """When nobody can be said to have taken it, while nobody has: every deserved step called and
    waited for.

    Steps that watch promises, questions and people do not count: they may come true again. Nor does
    a call that was left out for the hours of its step.
    """
    stopped = chain.take or chain.paused or chain.held_from is not None or chain.confirmed
    if chain.exhausted_at or chain.forced or stopped:
        return None
    steps = chain.policy.steps
    if not all(may_come_again(steps[waiting.step]) for waiting in all_pending(chain, facts)):
        return None
    counted = {index for index, step in enumerate(steps) if not may_come_again(step)}
    calls = [c for c in chain.calls if c.step in counted and c.outcome in WAITED_FOR]
    if not calls or not any(deserved(steps[index], chain, facts) for index in counted):
        return None
    waits = [_waited_until(call, chain) for call in calls]
    free_again = [at for at in (chain.released_at, chain.resumed_at) if at is not None]
    return max([*waits, *free_again])


WAITED_FOR = (CallOutcome.CALLED, CallOutcome.SKIPPED)


def all_declined(call: Call, chain: Chain) -> bool:
    return bool(call.people) and all(person.person in chain.declined for person in call.people)


def calls_left(step: PolicyStep, last: Call) -> bool:
    """Whether the step's calls go on after ``last``, as far as the policy goes."""
    goes_on = last.outcome in (CallOutcome.CALLED, CallOutcome.OUTSIDE_HOURS)
    return goes_on and last.number + 1 < last.turns * (step.repeat + 1)


def _forced(forced: Forced, chain: Chain) -> list[Pending]:
    """The step may have been tried before, and have found nobody."""
    number = len(calls_of(chain, forced.step, ""))
    return [Pending(forced.step, number, "", forced.at, forced=forced)]


def _next_of(index: int, step: PolicyStep, chain: Chain, one: Occurrence) -> Pending | None:
    made = calls_of(chain, index, one.id)
    due = _repeat_due(step, made[-1], chain) if made else _first_due(index, step, one.since, chain)
    if due is None:
        return None
    due = within_hours(step, due if chain.released_at is None else max(due, chain.released_at))
    number = made[-1].number + 1 if made else 0
    if chain.resumed_at is None or due >= chain.resumed_at:
        return Pending(index, number, one.id, due, one.leaves)
    due = within_hours(step, chain.resumed_at)
    return Pending(index, number, one.id, due, one.leaves, after_pause=True)


def _first_due(index: int, step: PolicyStep, since: datetime, chain: Chain) -> datetime:
    """Nothing is due before the chain begins, however long its condition is true: a question of the
    round before is called for at the hours that the step has then."""
    due = max(since + minutes(step.after_minutes), chain.started_at)
    forward = chain.brought_forward.get(index)
    return due if forward is None else max(since, min(due, forward))


def _repeat_due(step: PolicyStep, last: Call, chain: Chain) -> datetime | None:
    given_up = all_declined(last, chain) and not watches_people(step)
    if given_up or not calls_left(step, last):
        return None
    return _counted_from(last, step) + _gap(step, last)


def _gap(step: PolicyStep, last: Call) -> timedelta:
    """Channels that take turns follow one another faster than the rounds do."""
    within_round = (last.number + 1) % last.turns != 0
    return minutes(step.next_channel_after_minutes) if within_round else interval(step)


def _counted_from(call: Call, step: PolicyStep) -> datetime:
    """A call in time keeps the rhythm exact; after a late one the distance is kept.

    What is late depends on the rhythm: else the next call would be due with the late one.
    """
    in_time = call.at - call.due_at <= min(LATE_AFTER, _gap(step, call) / 2)
    return call.due_at if in_time else call.at


def _waited_until(call: Call, chain: Chain) -> datetime:
    if call.outcome is not CallOutcome.CALLED or all_declined(call, chain):
        return call.at
    step = chain.policy.steps[call.step]
    return _counted_from(call, step) + interval(step)
