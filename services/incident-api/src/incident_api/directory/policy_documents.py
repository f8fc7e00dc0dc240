"""An escalation policy as the other services see it."""

from __future__ import annotations

from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger

from incident_api.directory.policy_entries import PolicyEntry, StepEntry


def policy_document(entry: PolicyEntry) -> EscalationPolicy:
    steps = tuple(_step(step) for step in entry.steps)
    if entry.take_expires_minutes is None:
        return EscalationPolicy(key=entry.key, steps=steps)
    return EscalationPolicy(
        key=entry.key, steps=steps, take_expires_minutes=entry.take_expires_minutes
    )


def _step(entry: StepEntry) -> PolicyStep:
    trigger = entry.trigger
    return PolicyStep(
        trigger=Trigger(
            severity_at_least=trigger.severity_at_least,
            unacknowledged=trigger.unacknowledged or None,
            unresolved=trigger.unresolved or None,
            update_overdue_minutes=trigger.update_overdue_minutes,
            question_unanswered=trigger.question_unanswered or None,
            contact_unreachable=trigger.contact_unreachable or None,
        ),
        after_minutes=entry.after_minutes,
        notify=entry.notify,
        channels=entry.channels,
        repeat=entry.repeat,
        every_minutes=entry.every_minutes,
    )
