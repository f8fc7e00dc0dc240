"""Which plan applies to a client in an outage: precedence, decided in one place.

1. A system that the client uses may name a plan of its own; without one, the client's plan holds
   for it; a client without a plan has the provider's default.
2. Where affected systems name different plans, the one that promises the first notice soonest
   applies to the whole outage (then the smaller key), so that nobody is told later than promised.
3. Where that plan does not name the severity, the default plan's nearest entry says who is told
   and by when; service hours, quiet hours, approval, cap, wording and policy stay the plan's own.
4. Which of the client's own people are brought in, one after another, the client says, else the
   plan.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace

from tocsin_contracts.directory import Client, CommunicationPlan, ServiceHours, SeverityEntry
from tocsin_contracts.words import Severity

from incident_api.directory import defaults
from incident_api.directory.view import DirectoryView


@dataclass(frozen=True)
class AppliedPlan:
    """``plan_key`` and ``severity_entry`` name where ``entry`` stands.

    ``own_plan_key`` names the plan that was chosen, from which everything else comes.
    """

    plan_key: str
    severity_entry: Severity
    entry: SeverityEntry
    own_plan_key: str
    hours: ServiceHours | None
    escalation_policy: str
    confirmation_policy: str | None = None


def applied_plan(
    view: DirectoryView, client: Client, severity: Severity, affected: Collection[str] = ()
) -> AppliedPlan:
    """``affected``: keys of the systems that the client uses and that are concerned."""
    applied = [_applied(view, plan, severity) for plan in _named(view, client, affected)]
    first = min(applied, key=lambda one: (one.entry.first_notice_within_minutes, one.own_plan_key))
    return replace(first, confirmation_policy=_confirmation_policy(view, client, first))


def _confirmation_policy(view: DirectoryView, client: Client, applied: AppliedPlan) -> str | None:
    """The client's own escalation process, else the one of its plan (rule 4)."""
    own = view.plans.get(applied.own_plan_key)
    key = client.confirmation_policy or (own.confirmation_policy if own else None)
    return key if key in view.policies else None


def _named(
    view: DirectoryView, client: Client, affected: Collection[str]
) -> list[CommunicationPlan]:
    """The plans in question, at least one."""
    keys = [use.communication_plan for use in client.systems if use.key in affected] or [None]
    chosen = {key or client.communication_plan or defaults.DEFAULT_KEY for key in keys}
    return [view.plans.get(key) or _default(view) for key in sorted(chosen)]


def _applied(view: DirectoryView, own: CommunicationPlan, severity: Severity) -> AppliedPlan:
    plan, at = plan_entry(view, own, severity)
    policy = own.escalation_policy
    return AppliedPlan(
        plan_key=plan.key,
        severity_entry=at,
        entry=plan.severities[at],
        own_plan_key=own.key,
        hours=own.service_hours,
        escalation_policy=policy if policy in view.policies and policy else defaults.DEFAULT_KEY,
    )


def _default(view: DirectoryView) -> CommunicationPlan:
    return view.plans.get(defaults.DEFAULT_KEY, defaults.PLAN)


def plan_entry(
    view: DirectoryView, own: CommunicationPlan, severity: Severity
) -> tuple[CommunicationPlan, Severity]:
    """The plan and the severity under which the entry for ``severity`` stands (rule 3)."""
    if severity in own.severities:
        return own, severity
    default = _default(view)
    if not default.severities:
        default = defaults.PLAN
    return default, _nearest(default.severities, severity)


def _nearest(named: Iterable[Severity], wanted: Severity) -> Severity:
    """The closest severity; between two as close, the more severe."""
    return min(named, key=lambda severity: (abs(severity.rank - wanted.rank), severity.rank))
