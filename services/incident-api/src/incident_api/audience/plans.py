"""Which plan entry applies to a client at a severity: its own, else the provider's default."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin_contracts.directory import (
    Client,
    CommunicationPlan,
    ServiceHours,
    SeverityEntry,
)
from tocsin_contracts.words import Severity

from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView


@dataclass(frozen=True)
class AppliedPlan:
    """``plan_key`` and ``severity_entry`` name where ``entry`` stands."""

    plan_key: str
    severity_entry: Severity
    entry: SeverityEntry
    hours: ServiceHours | None
    escalation_policy: str


def applied_plan(view: DirectoryView, client: Client, severity: Severity) -> AppliedPlan:
    """The client's plan; where it says nothing of ``severity``, the default plan's nearest entry.

    Service hours and escalation policy stay those of the client's own plan.
    """
    own = view.plans.get(client.communication_plan or defaults.DEFAULT_KEY) or _default(view)
    plan, at = _entry(view, own, severity)
    policy = own.escalation_policy
    return AppliedPlan(
        plan_key=plan.key,
        severity_entry=at,
        entry=plan.severities[at],
        hours=own.service_hours,
        escalation_policy=policy if policy in view.policies and policy else defaults.DEFAULT_KEY,
    )


def _default(view: DirectoryView) -> CommunicationPlan:
    return view.plans.get(defaults.DEFAULT_KEY, defaults.PLAN)


def _entry(
    view: DirectoryView, own: CommunicationPlan, severity: Severity
) -> tuple[CommunicationPlan, Severity]:
    if severity in own.severities:
        return own, severity
    default = _default(view)
    if not default.severities:
        default = defaults.PLAN
    return default, _nearest(default.severities, severity)


def _nearest(named: Iterable[Severity], wanted: Severity) -> Severity:
    """The closest severity; between two as close, the more severe."""
    return min(named, key=lambda severity: (abs(severity.rank - wanted.rank), severity.rank))
