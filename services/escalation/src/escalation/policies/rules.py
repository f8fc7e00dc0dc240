"""What is to be done about one chain now, and when to look again.

The rules: a call is made once; what came due while somebody had it, or while our own service was
away, is made up for with one call a step, not with all that were missed; only what watches people
is called for while somebody has it; acknowledging stops only what waits for it; whoever cannot be
reached or passes it on brings the next step at once.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from tocsin_contracts.events import Called
from tocsin_contracts.policies import PolicyStep

from escalation.people.finding import Holders
from escalation.policies.state import (
    Call,
    CallOutcome,
    Chain,
    Facts,
    Fired,
    Skipped,
    Turn,
)
from escalation.policies.timing import (
    Pending,
    all_pending,
    exhausted_due,
    may_come_again,
    watches_people,
)

STALE_AFTER = timedelta(hours=24)
"""What was due longer ago is not called: a service that starts on an old topic wakes nobody."""


def next_moment(chain: Chain, facts: Facts) -> datetime | None:
    """When this chain has to be looked at next; in the past if something is overdue."""
    if not facts.is_open or not chain.active:
        return None
    moments = [waiting.due_at for waiting in all_pending(chain, facts)]
    if chain.take is not None:
        return min([chain.take.expires_at, *moments])
    nobody = exhausted_due(chain, facts)
    return min(moments if nobody is None else [*moments, nobody], default=None)


def look(chain: Chain, facts: Facts, holders: Holders, now: datetime) -> Turn:
    """Do what is due by ``now``; a second look at the same moment decides nothing more."""
    due = next_moment(chain, facts)
    if due is None or due > now:
        return Turn(chain)
    expired = chain.take if chain.take and chain.take.expires_at <= now else None
    if expired is not None:
        free = replace(chain, take=None, released_at=expired.expires_at)
        chain = call_next(free, facts, expired.expires_at)
    turn = _call_what_is_due(chain, facts, holders, now)
    if turn.chain.take is not None:
        return turn
    nobody = exhausted_due(turn.chain, facts)
    exhausted = nobody is not None and nobody <= now
    if exhausted:
        turn = replace(turn, chain=replace(turn.chain, exhausted_at=now))
    return replace(turn, expired=expired, exhausted=exhausted)


def call_next(chain: Chain, facts: Facts, at: datetime) -> Chain:
    """Nobody has it as of ``at``: what is due by then goes out, else whoever is next."""
    due = any(waiting.due_at <= at for waiting in all_pending(chain, facts))
    return chain if due else _bring_forward(chain, facts, at)


def _bring_forward(chain: Chain, facts: Facts, at: datetime) -> Chain:
    """Move the next step by which nobody was called yet to ``at``, if there is one."""
    waiting = [
        p
        for p in all_pending(chain, facts)
        if p.number == 0 and not may_come_again(chain.policy.steps[p.step])
    ]
    if not waiting:
        return chain
    return replace(chain, brought_forward={**chain.brought_forward, waiting[0].step: at})


def _call_what_is_due(chain: Chain, facts: Facts, holders: Holders, now: datetime) -> Turn:
    fired: list[Fired] = []
    skipped: list[Skipped] = []
    while (waiting := _first_due(chain, facts, now)) is not None:
        call, reason = _make(waiting, chain, holders, now)
        chain = replace(chain, calls=(*chain.calls, call))
        if call.outcome is CallOutcome.CALLED:
            fired.append(Fired(chain, call))
            continue
        skipped.append(Skipped(chain, call, reason))
        if call.outcome is CallOutcome.SKIPPED and not call.number and chain.take is None:
            chain = _bring_forward(chain, facts, now)
    return Turn(chain, fired, skipped)


def _first_due(chain: Chain, facts: Facts, now: datetime) -> Pending | None:
    waiting = all_pending(chain, facts)
    return waiting[0] if waiting and waiting[0].due_at <= now else None


def _make(waiting: Pending, chain: Chain, holders: Holders, now: datetime) -> tuple[Call, str]:
    step = chain.policy.steps[waiting.step]
    call = Call(
        step=waiting.step,
        number=waiting.number,
        occurrence=waiting.occurrence,
        due_at=waiting.due_at,
        at=now,
        outcome=CallOutcome.CALLED,
        channels=step.channels,
    )
    if now - waiting.due_at > STALE_AFTER:
        return replace(call, outcome=CallOutcome.STALE), "It was due more than a day ago."
    people, reason = reachable(step, chain, holders, now)
    if not people:
        return replace(call, outcome=CallOutcome.SKIPPED), reason
    return replace(call, people=people), ""


def reachable(
    step: PolicyStep, chain: Chain, holders: Holders, now: datetime
) -> tuple[tuple[Called, ...], str]:
    """Whom the step calls, each person once; if nobody, why."""
    found = _who_has_it(chain) if watches_people(step) else {}
    reasons: list[str] = []
    for role in step.notify:
        for one in holders(
            chain.client_key, role, now, kind=chain.kind, at_any_hour=step.at_any_hour
        ):
            person = one.person
            if person is None:
                reasons.append(f"{one.reason[:1].upper()}{one.reason[1:]}.")
            elif person.key in chain.declined and not watches_people(step):
                reasons.append(f"{person.name} passed it on.")
            else:
                called = Called(
                    person=person.key, name=person.name, role=role, stands_in_for=one.stands_in_for
                )
                found.setdefault(person.key, called)
    return tuple(found.values()), " ".join(dict.fromkeys(reasons))


def _who_has_it(chain: Chain) -> dict[str, Called]:
    """One who was called for this client; of anybody else it is not known how to reach them."""
    holder = chain.take.person if chain.take else None
    return {called.person: called for called in chain.called if called.person == holder}
