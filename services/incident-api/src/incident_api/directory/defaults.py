"""What applies where a provider has said nothing: its name, one plan, one escalation policy."""

from __future__ import annotations

from decimal import Decimal

from tocsin_contracts.directory import CommunicationPlan, NotifyRule, Provider, SeverityEntry
from tocsin_contracts.policies import EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.words import Channel, Severity, StaffRole

DEFAULT_KEY = "default"

PROVIDER = Provider(name="Service provider", timezone="UTC")

_IT = ("it_lead", "service_owner")
_EVERYONE = (*_IT, "executive", "ceo")


def _entry(
    roles: tuple[str, ...], update_every: int, first_notice: int, closure_hours: int | None
) -> SeverityEntry:
    return SeverityEntry(
        notify=(NotifyRule(roles=roles, channels=(Channel.EMAIL,)),) if roles else (),
        update_every_minutes=Decimal(update_every),
        first_notice_within_minutes=Decimal(first_notice),
        closure_within_hours=None if closure_hours is None else Decimal(closure_hours),
    )


PLAN = CommunicationPlan(
    key=DEFAULT_KEY,
    severities={
        Severity.SEV1: _entry(_EVERYONE, 30, 15, 48),
        Severity.SEV2: _entry(_IT, 60, 30, 72),
        Severity.SEV3: _entry(_IT, 240, 60, None),
        Severity.SEV4: _entry(_IT, 1440, 240, None),
        Severity.SEV5: _entry((), 1440, 1440, None),
    },
    escalation_policy=DEFAULT_KEY,
)
"""Mail to those who run a client's IT; at sev1 to its management too.

Nobody hears of sev5 unless a plan says so: it is named here with an empty list, and what tells
nobody promises nothing.
"""

_MANAGER = (StaffRole.ACCOUNT_MANAGER,)

POLICY = EscalationPolicy(
    key=DEFAULT_KEY,
    steps=(
        PolicyStep(
            trigger=Trigger(severity_at_least=Severity.SEV1),
            notify=_MANAGER,
            channels=(Channel.EMAIL,),
        ),
        PolicyStep(
            trigger=Trigger(unacknowledged=True),
            after_minutes=Decimal(15),
            notify=_MANAGER,
            channels=(Channel.EMAIL,),
            repeat=1,
            every_minutes=Decimal(15),
        ),
        PolicyStep(
            trigger=Trigger(unresolved=True),
            after_minutes=Decimal(120),
            notify=(StaffRole.ESCALATION_MANAGER,),
            channels=(Channel.EMAIL,),
        ),
        PolicyStep(
            trigger=Trigger(update_overdue_minutes=Decimal(10)),
            notify=_MANAGER,
            channels=(Channel.EMAIL,),
        ),
        PolicyStep(
            trigger=Trigger(question_unanswered=True), notify=_MANAGER, channels=(Channel.EMAIL,)
        ),
        PolicyStep(
            trigger=Trigger(contact_unreachable=True), notify=_MANAGER, channels=(Channel.EMAIL,)
        ),
    ),
)
"""Mail to the account manager at once for sev1, whenever nobody has it or a word or an answer is
late, and when somebody cannot be reached."""
