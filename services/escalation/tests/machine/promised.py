"""What no course of events may break, asked of the service's own words alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from escalation.policies.state import Call, Chain
from tocsin_contracts import events as e

from services.escalation.tests.machine.chains import Step

Policies = Mapping[str, Sequence[Step]]
Calls = Sequence[tuple[Chain, Call]]
Told = Sequence[e.EscalationEvent]


class Ever:
    """Every call that was ever made."""

    def __init__(self) -> None:
        self._made: set[object] = set()

    def add(self, calls: Calls) -> None:
        for chain, call in calls:
            one = chain.key, chain.round, call.step, call.occurrence, call.number
            assert one not in self._made, f"called twice: {one}"
            self._made.add(one)


def nobody_is_called_against_a_wish(calls: Calls, told: Told, policies: Policies) -> None:
    """Neither in a pause, nor while a colleague has it, nor who passed it on; but where an operator
    asks for it, or somebody at the client waits."""
    fired = [event for event in told if isinstance(event, e.StepFired) and event.by is not None]
    forced = {client for event in fired for client in event.client_keys}
    for chain, call in calls:
        watches = policies[chain.client_key][call.step].when.watches_people
        if call.people and chain.client_key not in forced:
            assert chain.paused is None, "called in a pause"
            assert chain.take is None or watches, "called although somebody has it"
        if not watches:
            called = {who.person for who in call.people}
            assert not called & set(chain.declined), "called who passed it on"


def an_acknowledge_cancels_what_waits_for_it(told: Told, policies: Policies) -> None:
    """And nothing else: no other step, and nobody's escalation."""
    for event in told:
        assert not isinstance(event, e.EscalationStopped)
        if isinstance(event, e.StepCancelled):
            steps = [policies[client][n] for client in event.client_keys for n in event.steps]
            kinds = [{leaf.kind for leaf in step.when.leaves} for step in steps]
            assert all("unacknowledged" in each for each in kinds), event.reason
