"""What a person's answer, an update, the end or a reopening does to one chain."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import datetime, timedelta

from tocsin_contracts.events import Called

from escalation.policies.rules import call_next, given_back
from escalation.policies.state import Chain, Take
from escalation.policies.timing import minutes
from escalation.triggers.facts import Facts

LONGEST_TAKE = timedelta(days=1)
"""However long somebody wishes to have it: a day without a word to the client is too long."""


def may_answer(chain: Chain, person: str, team: Collection[str]) -> bool:
    """Only those who were called and the client's own account team may speak for a chain."""
    return person in team or any(called.person == person for called in chain.called)


def held_by_another(chain: Chain, person: str) -> bool:
    """Nobody hands over what a colleague has: they would lose it without a word."""
    return chain.take is not None and chain.take.person != person


def take(chain: Chain, person: str, name: str, at: datetime, wish: int | None = None) -> Chain:
    """``person`` has it from ``at``; whoever had it before, and whoever passed it on, or not.

    ``wish`` is for how many minutes, where they said so. Who has it already and says so again
    without one loses nothing of the time they had.
    """
    chain = given_back(chain, at)
    declined = {key: who for key, who in chain.declined.items() if key != person}
    taken = _take(chain, person, name, at, wish)
    if chain.take is not None and chain.take.person == person and wish is None:
        taken = replace(taken, expires_at=max(taken.expires_at, chain.take.expires_at))
    return replace(chain, take=taken, declined=declined, exhausted_at=None)


def decline(chain: Chain, facts: Facts, person: str, name: str, now: datetime) -> Chain:
    """``person`` is not called again; unless another has it, whoever is next is called at once.

    Passed on twice, it is passed on once.
    """
    if person in chain.declined and chain.take is None:
        return chain
    chain = replace(chain, declined={**chain.declined, person: name})
    if held_by_another(chain, person):
        return chain
    if chain.take is not None:
        chain = replace(chain, take=None, released_at=now)
    return call_next(chain, facts, now, person)


def hand_over(
    chain: Chain, person: str, name: str, to: Called, at: datetime, wish: int | None = None
) -> Chain:
    """``to`` is asked; until ``to`` takes it, it stays with ``person`` for as long as a take."""
    asked = (*(p for p in chain.asked if p.person != to.person), to)
    return replace(take(chain, person, name, at, wish), asked=asked)


def renew(chain: Chain, at: datetime) -> Chain:
    """The client was written to: a take holds for another full time."""
    chain = given_back(chain, at)
    if chain.take is None:
        return chain
    later = _take(chain, chain.take.person, chain.take.name, at).expires_at
    return replace(chain, take=replace(chain.take, expires_at=max(later, chain.take.expires_at)))


def stop(chain: Chain) -> Chain:
    return replace(chain, active=False)


def start_again(chain: Chain, at: datetime) -> Chain:
    """The outage is back: a new round from the first step, unless somebody still has it."""
    fresh = Chain(
        chain.client_key,
        chain.policy,
        started_at=at,
        kind=chain.kind,
        policy_revision=chain.policy_revision,
        round=chain.round + 1,
    )
    return fresh if chain.take is None else renew(replace(fresh, take=chain.take), at)


def told_of_take(chain: Chain, person: str) -> tuple[Called, ...]:
    """Those called before, who now hear that ``person`` has it; nobody if that is no news."""
    if chain.take is not None and chain.take.person == person:
        return ()
    return tuple(called for called in chain.called if called.person != person)


def _take(chain: Chain, person: str, name: str, at: datetime, wish: int | None = None) -> Take:
    held = minutes(chain.policy.take_expires_minutes)
    if wish is not None and wish > 0:
        held = min(timedelta(minutes=wish), LONGEST_TAKE)
    return Take(person, name, at, at + held)
