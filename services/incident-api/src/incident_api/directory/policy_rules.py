"""What of an escalation policy can never come true, or is not meant for its chain: refused."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin_contracts.policies import ON_DUTY, ChainKind
from tocsin_contracts.words import Severity, StaffRole

from incident_api.directory.policy_entries import PolicyEntry, StepEntry
from incident_api.directory.trigger_entries import TriggerEntry
from incident_api.web.field_error import FieldError

EVERY_SEVERITY = frozenset(Severity)
STAFF_ROLES = (*(role.value for role in StaffRole), ON_DUTY)


def policy_faults(policy: PolicyEntry) -> Iterator[FieldError]:
    """With pointers within the policy."""
    for index, step in enumerate(policy.steps):
        base = f"/steps/{index}"
        of_chain = _of_a_clients if policy.chain is ChainKind.CLIENT else _of_our_own
        yield from of_chain(step, base)
        if not possible_severities(step):
            yield FieldError(
                f"{base}/severities",
                "This step's trigger is never true at one of these severities; leave"
                " 'severities' out, or name one at which it can be.",
            )


def _of_our_own(step: StepEntry, base: str) -> Iterator[FieldError]:
    for place, role in enumerate(step.notify):
        if role not in STAFF_ROLES:
            yield FieldError(
                f"{base}/notify/{place}",
                f"'{role}' is no role of an account team; write one of {_listed(STAFF_ROLES)}."
                " Roles of a client's contacts stand in a policy with 'chain: client'.",
            )
    for pointer, leaf in step.trigger.leaves(f"{base}/trigger"):
        if leaf.unconfirmed:
            yield FieldError(
                f"{pointer}/unconfirmed",
                "A client's confirmation stops the client's own chain alone; write"
                " 'chain: client' in that policy, or use 'unacknowledged' or 'unresolved' here.",
            )


def _of_a_clients(step: StepEntry, base: str) -> Iterator[FieldError]:
    for place, role in enumerate(step.notify):
        if role in STAFF_ROLES:
            yield FieldError(
                f"{base}/notify/{place}",
                f"'{role}' is a role of your own people; a client's own chain brings in roles of"
                " its contacts, such as it_lead.",
            )
    for pointer, leaf in step.trigger.leaves(f"{base}/trigger"):
        if leaf.unacknowledged:
            yield FieldError(
                f"{pointer}/unacknowledged",
                "Acknowledging is for your own people; a client's own chain waits for"
                " 'unconfirmed'.",
            )


def _listed(words: tuple[str, ...]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}"


def possible_severities(step: StepEntry) -> frozenset[Severity]:
    """At which the step can call at all."""
    limited = frozenset(step.severities) or EVERY_SEVERITY
    return limited & _true_at(step.trigger)


def _true_at(trigger: TriggerEntry) -> frozenset[Severity]:
    """Severities at which the trigger can be true; a condition of another sort leaves all."""
    if trigger.all:
        return EVERY_SEVERITY.intersection(*(_true_at(part) for part in trigger.all))
    if trigger.any:
        return frozenset[Severity]().union(*(_true_at(part) for part in trigger.any))
    least = trigger.severity_at_least
    if least is not None:
        return frozenset(one for one in Severity if one.at_least(least))
    return EVERY_SEVERITY - {Severity.SEV5} if trigger.severity_raised else EVERY_SEVERITY
