"""An escalation policy as the other services see it."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.policies import EscalationPolicy, PolicyStep

from incident_api.directory.policy_entries import PolicyEntry, StepEntry
from incident_api.directory.trigger_entries import trigger_document
from incident_api.directory.week_hours import hours_document

_SAME = (
    *("after_minutes", "notify", "channels", "in_turn", "repeat", "every_minutes"),
    *("severities", "clients", "client_tags", "at_any_hour"),
)


def policy_document(entry: PolicyEntry, timezone: str) -> EscalationPolicy:
    """``timezone`` is the provider's, for hours that name none."""
    return EscalationPolicy(
        key=entry.key,
        chain=entry.chain,
        steps=tuple(_step(step, timezone) for step in entry.steps),
        **_given(take_expires_minutes=entry.take_expires_minutes),
    )


def _step(entry: StepEntry, timezone: str) -> PolicyStep:
    hours = None if entry.hours is None else hours_document(entry.hours, timezone)
    return PolicyStep(
        trigger=trigger_document(entry.trigger),
        hours=hours,
        **{name: getattr(entry, name) for name in _SAME},
        **_given(
            next_channel_after_minutes=entry.next_channel_after_minutes,
            outside_hours=entry.outside_hours,
        ),
    )


def _given(**values: Any) -> dict[str, Any]:
    """A field that the entry leaves out takes the contract's default."""
    return {name: value for name, value in values.items() if value is not None}
