"""What may hold one reader's message back, by the client's own plan."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tocsin_contracts.directory import Cap, CommunicationPlan
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Channel, Kind, Severity

from dispatcher.gating.digest import FOLDABLE
from dispatcher.gating.model import Limits
from dispatcher.gating.promised import latest_for

AT_ONCE = frozenset({Kind.ANSWERED, Kind.AUTO_ANSWER})
"""Whoever asked waits for the answer."""
DIGESTED = FOLDABLE | {Kind.DIGEST}
BUILT_IN = {
    Channel.SMS: Cap(messages=5, per_minutes=Decimal(15)),
    Channel.VOICE: Cap(messages=3, per_minutes=Decimal(15)),
}
"""The throttle of a plan that names none: a telephone that never stops is switched off."""
FIRST = frozenset({Kind.INITIAL, Kind.HOLDING_NOTICE})


def limits_for(
    plan: CommunicationPlan | None,
    kind: Kind,
    severity: Severity,
    *,
    channel: Channel | None = None,
    client: str = "",
    zone: str,
    whose: str,
    promised: datetime | None = None,
    drill: bool = False,
) -> Limits | None:
    """``None`` where nothing holds it back: sev1 and sev2, staff, answers.

    ``client`` is its everyday name. ``promised`` is the moment by which the client was promised it.
    An exercise is no disruption that others wait for.
    """
    if plan is None or kind.for_staff or kind in AT_ONCE or severity.at_least(Severity.SEV2):
        return None
    alone = approved_word_by_word(plan)
    limits = Limits(
        zone=zone,
        whose=whose,
        quiet_hours=plan.quiet_hours,
        cap=_cap(plan, channel),
        group_minutes=Decimal(0) if drill or alone else plan.group_minutes,
        latest=latest_for(promised),
        alone=alone,
        budget=_budget(plan, channel),
        channel=channel,
        client=client,
    )
    holds = limits.quiet_hours or limits.cap or limits.group_minutes or limits.budget
    return limits if holds else None


def _cap(plan: CommunicationPlan, channel: Channel | None) -> Cap | None:
    if channel is None:
        return plan.cap
    return plan.caps.get(channel) or plan.cap or BUILT_IN.get(channel)


def _budget(plan: CommunicationPlan, channel: Channel | None) -> int | None:
    if plan.budget is None:
        return None
    hourly = {Channel.SMS: plan.budget.sms_per_hour, Channel.VOICE: plan.budget.calls_per_hour}
    return hourly.get(channel) if channel else None


def approved_word_by_word(plan: CommunicationPlan) -> bool:
    """Whether something that a digest would say anew needs a person's yes."""
    return plan.approval is not None and not DIGESTED.isdisjoint(plan.approval.kinds)


def promised_by(kind: Kind, concerned: AudienceClient, before: datetime | None) -> datetime | None:
    """By when this client was promised a message of ``kind``; ``before`` is when it was to hear
    next."""
    if kind in FIRST:
        return concerned.first_notice_due
    return concerned.closure_due if kind is Kind.CLOSURE else before
