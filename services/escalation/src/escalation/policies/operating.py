"""What an operator does to one chain: hold it, bring the next step forward, take the last one back.

Pure. The end of a pause is :func:`escalation.policies.rules.resume`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.events import Called
from tocsin_contracts.policies import ChainKind

from escalation.policies.rules import next_uncalled
from escalation.policies.state import CallOutcome, Chain, Forced, Pause
from escalation.policies.timing import may_come_again
from escalation.triggers.facts import Facts


@dataclass(frozen=True)
class SteppedBack:
    """``step`` is the one taken back; ``told`` are those whom only that one had called."""

    chain: Chain
    step: int
    told: tuple[Called, ...] = ()


def pause(chain: Chain, wish: Pause) -> Chain:
    """Pausing again changes its end and its reason: it is still the one pause."""
    began = wish.at if chain.paused is None else chain.paused.at
    return replace(chain, paused=replace(wish, at=began))


def escalate(chain: Chain, facts: Facts, by: str, reason: str, at: datetime) -> Chain | None:
    """The next step is called now; ``None``: everybody on the list was called.

    Whoever was held back by a step taken back before is not any more: what came due meanwhile goes
    out now, and is not late.
    """
    if chain.forced is not None:
        return None
    step = next_uncalled(chain, facts)
    if step is None:
        return None
    return let_on(replace(chain, forced=Forced(step, by, reason, at)), at)


def let_on(chain: Chain, at: datetime) -> Chain:
    """No step is held back any more."""
    if chain.held_from is None:
        return chain
    return replace(chain, held_from=None, released_at=at)


def de_escalate(chain: Chain, facts: Facts) -> SteppedBack | None:
    """The highest step that called is taken back, and none from there on calls by itself.

    Before the first call it is the next one. ``None``: there is nothing to take back.
    """
    called = _last_called(chain)
    step = next_uncalled(chain, facts) if called is None else called
    if step is None or step == chain.held_from:
        return None
    held = replace(chain, held_from=step, forced=None)
    return SteppedBack(held, step, _told(chain, step))


def _last_called(chain: Chain) -> int | None:
    steps = chain.policy.steps
    called = (call.step for call in chain.calls if call.outcome is CallOutcome.CALLED)
    return max((step for step in called if not may_come_again(steps[step])), default=None)


def _told(chain: Chain, step: int) -> tuple[Called, ...]:
    """Not who has it or passed it on, nor anybody at the client: they are never told to stay out of
    their own outage."""
    if chain.kind is ChainKind.CLIENT:
        return ()
    others = {person.person for call in chain.calls if call.step != step for person in call.people}
    others.update(person.person for person in chain.asked)
    others.update(chain.declined)
    if chain.take is not None:
        others.add(chain.take.person)
    called = [person for call in chain.calls if call.step == step for person in call.people]
    told = {one.person: one for one in called if one.person not in others}
    return tuple(told.values())
