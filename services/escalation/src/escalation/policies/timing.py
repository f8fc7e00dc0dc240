"""When the next call of each step is due.

A step's clock runs from the moment its trigger came true for this client: the severity reached, the
chain started, the promise missed. Calls of one step follow one another, so each step has at most
one call that is next.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from tocsin_contracts.policies import PolicyStep

from escalation.policies.state import Call, CallOutcome, Chain, Concern, Facts

LATE_AFTER = timedelta(seconds=30)
"""A call later than this says that it is late."""

ANSWER_WAIT = timedelta(minutes=10)
"""How long a call without repeats is waited for before nobody is said to have answered."""


@dataclass(frozen=True)
class Pending:
    """The next call of a step and the moment it is due."""

    step: int
    number: int
    occurrence: str
    due_at: datetime


def minutes(amount: Decimal) -> timedelta:
    return timedelta(minutes=float(amount))


def interval(step: PolicyStep) -> timedelta:
    return ANSWER_WAIT if step.every_minutes is None else minutes(step.every_minutes)


def true_since(step: PolicyStep, chain: Chain, facts: Facts) -> datetime | None:
    """Since when ``step``'s trigger holds for ``chain``; ``None`` if it does not.

    For a promise it is the moment at which the word will have been late for long enough.
    """
    trigger = step.trigger
    if trigger.severity_at_least is not None:
        since = facts.severity_since.get(trigger.severity_at_least)
        return None if since is None else max(since, chain.started_at)
    if trigger.unacknowledged:
        return None if facts.acknowledged else chain.started_at
    if trigger.unresolved:
        return chain.started_at
    if watches_people(step):
        concerns = concerns_of(step, chain.client_key, facts)
        return min((one.since for one in concerns), default=None)
    promised = promised_word(step, chain, facts)
    if promised is None or trigger.update_overdue_minutes is None:
        return None
    return promised + minutes(trigger.update_overdue_minutes)


def promised_word(step: PolicyStep, chain: Chain, facts: Facts) -> datetime | None:
    """The promise that ``step`` watches, while its word is not written."""
    if step.trigger.update_overdue_minutes is None:
        return None
    return facts.promises.get(chain.client_key)


def concerns_of(step: PolicyStep, client_key: str, facts: Facts) -> tuple[Concern, ...]:
    """What ``step`` watches at this client; each is called for by itself."""
    if step.trigger.question_unanswered:
        return facts.questions.get(client_key, ())
    return facts.unreachable.get(client_key, ()) if step.trigger.contact_unreachable else ()


def watches_people(step: PolicyStep) -> bool:
    """It calls for somebody who waits or cannot be reached, of whom whoever has the client may not
    know: so it calls them too, and those who passed the client on."""
    return bool(step.trigger.question_unanswered or step.trigger.contact_unreachable)


def may_come_again(step: PolicyStep) -> bool:
    """It watches something of which there may be another one later."""
    return watches_people(step) or step.trigger.update_overdue_minutes is not None


def pending(index: int, chain: Chain, facts: Facts) -> Pending | None:
    """The next call of step ``index``, or ``None``: made, not deserved, or of no use any more."""
    step = chain.policy.steps[index]
    if watches_people(step):
        concerns = concerns_of(step, chain.client_key, facts)
        found = [_next_of(index, chain, one.since, one.id) for one in concerns]
        known = [waiting for waiting in found if waiting is not None]
        return min(known, key=lambda waiting: (waiting.due_at, waiting.occurrence), default=None)
    since = true_since(step, chain, facts)
    if since is None:
        return None
    promised = promised_word(step, chain, facts)
    return _next_of(index, chain, since, promised.isoformat() if promised else "")


def _next_of(index: int, chain: Chain, since: datetime, occurrence: str) -> Pending | None:
    step = chain.policy.steps[index]
    made = [c for c in chain.calls if c.step == index and c.occurrence == occurrence]
    due = _repeat_due(step, made[-1], chain) if made else _first_due(index, since, chain)
    if due is None:
        return None
    due = due if chain.released_at is None else max(due, chain.released_at)
    return Pending(index, len(made), occurrence, due)


def all_pending(chain: Chain, facts: Facts) -> list[Pending]:
    """Every step's next call, the earliest first; while somebody has it, of those that watch people
    alone."""
    steps = [
        index
        for index, step in enumerate(chain.policy.steps)
        if chain.take is None or watches_people(step)
    ]
    found = [pending(index, chain, facts) for index in steps]
    return sorted((p for p in found if p is not None), key=lambda p: (p.due_at, p.step))


def exhausted_due(chain: Chain, facts: Facts) -> datetime | None:
    """When nobody can be said to have taken it: every deserved step called and waited for.

    Steps that watch promises, questions and people do not count: they may come true again.
    """
    steps = [i for i, step in enumerate(chain.policy.steps) if not may_come_again(step)]
    deserved = [i for i in steps if true_since(chain.policy.steps[i], chain, facts) is not None]
    calls = [c for c in chain.calls if c.step in steps and c.outcome is not CallOutcome.STALE]
    open_still = any(pending(index, chain, facts) is not None for index in deserved)
    if chain.exhausted_at is not None or not deserved or not calls or open_still:
        return None
    waits = [_waited_until(call, chain) for call in calls]
    return max(waits if chain.released_at is None else [*waits, chain.released_at])


def all_declined(call: Call, chain: Chain) -> bool:
    return bool(call.people) and all(person.person in chain.declined for person in call.people)


def _first_due(index: int, since: datetime, chain: Chain) -> datetime:
    due = since + minutes(chain.policy.steps[index].after_minutes)
    forward = chain.brought_forward.get(index)
    return due if forward is None else max(since, min(due, forward))


def _repeat_due(step: PolicyStep, last: Call, chain: Chain) -> datetime | None:
    ended = last.outcome is not CallOutcome.CALLED or last.number >= step.repeat
    if ended or all_declined(last, chain):
        return None
    return _counted_from(last, step) + interval(step)


def _counted_from(call: Call, step: PolicyStep) -> datetime:
    """A call in time keeps the rhythm exact; after a late one the distance is kept.

    What is late depends on the rhythm: else the next call would be due with the late one.
    """
    in_time = call.at - call.due_at <= min(LATE_AFTER, interval(step) / 2)
    return call.due_at if in_time else call.at


def _waited_until(call: Call, chain: Chain) -> datetime:
    if call.outcome is not CallOutcome.CALLED or all_declined(call, chain):
        return call.at
    step = chain.policy.steps[call.step]
    return _counted_from(call, step) + interval(step)
