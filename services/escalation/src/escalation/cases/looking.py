"""One look at everything of a case: what is due is called, judged and told. Pure."""

from __future__ import annotations

from escalation.cases import promising
from escalation.cases.case import Case
from escalation.policies import events, rules


def look(case: Case) -> None:
    """Do what is due by ``case.now``; a second look at the same moment does nothing more."""
    facts = case.facts
    turns = [rules.look(chain, facts, case.roster, case.now) for chain in case.active]
    case.call((turn.chain, call) for turn in turns for call in turn.calls)
    case.put(turn.chain for turn in turns)
    case.tell(events.decided(case.scene, turns))
    promising.look(case)
