"""Steps of a case that are not called for any more are told of when it is closed. Pure."""

from __future__ import annotations

from tocsin_contracts.events import EscalationStopped

from escalation.cases.case import Case
from escalation.policies.cancelling import Cancelled, compare
from escalation.policies.events import cancelled_events
from escalation.policies.state import ChainKey


def cancel(case: Case) -> None:
    """Tell what is cancelled since the case was last closed, and remember what waits from here."""
    facts, stopped, over = case.facts, _stopped(case), _ended(case)
    gone: list[Cancelled] = []
    for chain in list(case.chains.values()):
        if not chain.active and not chain.waiting:
            continue
        after, told = compare(chain, facts, case.now, stopped.get(chain.key, over))
        gone.extend(told)
        if after is not chain:
            case.put([after])
    case.tell(cancelled_events(case.scene, gone))


def _stopped(case: Case) -> dict[ChainKey, str]:
    """Why chains ended in this very look, as it is told."""
    return {
        (client_key, event.chain): event.reason
        for event in case.told
        if isinstance(event, EscalationStopped)
        for client_key in event.client_keys
    }


def _ended(case: Case) -> str:
    return f"The incident is {case.incident.snapshot.status.value}."
