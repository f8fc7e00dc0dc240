"""Nordlicht IT as the stories know it."""

from __future__ import annotations

from decimal import Decimal

from tocsin_contracts.directory import (
    Client,
    CommunicationPlan,
    Contact,
    NotifyRule,
    ServiceHours,
    SeverityEntry,
)
from tocsin_contracts.policies import ChainKind, EscalationPolicy, PolicyStep, Trigger
from tocsin_contracts.staff import AccountTeam, StaffMember
from tocsin_contracts.words import Channel, Severity, StaffRole

ANN = StaffMember(key="ann", name="Ann Weiss")
TOM = StaffMember(key="tom", name="Tom Klein")
EVA = StaffMember(key="eva", name="Eva Lang")
DAN = StaffMember(key="dan", name="Dan Roth")


def team(key: str = "team-a", **members: StaffMember) -> AccountTeam:
    named = members or {
        "account_manager": ANN,
        "deputy": TOM,
        "escalation_manager": EVA,
        "director": DAN,
    }
    return AccountTeam(key=key, members={StaffRole(role): member for role, member in named.items()})


JO = Contact(key="jo", name="Jo Frei", roles=("it_lead",))
CEO = Contact(key="mia", name="Mia Berg", roles=("ceo",))


def client(
    key: str,
    name: str,
    account_team: str | None = "team-a",
    contacts: tuple[Contact, ...] = (JO, CEO),
) -> Client:
    return Client(
        key=key,
        name=name,
        timezone="Europe/Berlin",
        account_team=account_team,
        contacts=contacts,
    )


def plan(
    key: str = "gold", every: float = 30, hours: ServiceHours | None = None
) -> CommunicationPlan:
    """The first word within ten minutes, then one every half hour."""
    entry = SeverityEntry(
        notify=(NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL,)),),
        update_every_minutes=Decimal(str(every)),
        first_notice_within_minutes=Decimal(10),
        closure_within_hours=Decimal(48),
    )
    return CommunicationPlan(
        key=key, severities=dict.fromkeys(Severity, entry), service_hours=hours
    )


def step(trigger: Trigger, *notify: str, after: float = 0, **given: object) -> PolicyStep:
    return PolicyStep.model_validate(
        {
            "trigger": trigger,
            "after_minutes": Decimal(str(after)),
            "notify": notify,
            "channels": [Channel.EMAIL],
            **given,
        }
    )


SEV1 = Trigger(severity_at_least=Severity.SEV1)
UNACKNOWLEDGED = Trigger(unacknowledged=True)
UNRESOLVED = Trigger(unresolved=True)
UNCONFIRMED = Trigger(unconfirmed=True)
OVERDUE = Trigger(update_overdue_minutes=Decimal(10))

CRITICAL = EscalationPolicy(
    key="critical",
    steps=(
        step(SEV1, "account_manager", channels=["email", "sms"]),
        step(UNACKNOWLEDGED, "deputy", after=15, channels=["voice"], repeat=2, every_minutes=5),
        step(UNRESOLVED, "escalation_manager", "director", after=120, channels=["voice"]),
        step(OVERDUE, "account_manager"),
    ),
)
"""api.md's example: at once for sev1; the deputy at 15, 20, 25; the rest after two hours."""

ACME_ITSELF = EscalationPolicy(
    key="acme-itself",
    chain=ChainKind.CLIENT,
    steps=(
        step(UNCONFIRMED, "it_lead", channels=["sms"]),
        step(UNCONFIRMED, "ceo", after=20, channels=["voice"]),
    ),
)
"""The client's own: its IT lead at once; not confirmed in twenty minutes, its CEO by phone."""
