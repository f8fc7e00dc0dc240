"""What the provider, its clients and an outage of theirs look like in the stories."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from nacl.public import PrivateKey, SealedBox
from tocsin_contracts import events as e
from tocsin_contracts.directory import (
    Addresses,
    Client,
    CommunicationPlan,
    Contact,
    NotifyRule,
    Provider,
    SeverityEntry,
    System,
    SystemUse,
)
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import (
    Audience,
    AudienceClient,
    IncidentSnapshot,
    IncidentUpdate,
)
from tocsin_contracts.staff import AccountTeam, StaffMember
from tocsin_contracts.words import (
    Channel,
    Kind,
    Severity,
    StaffRole,
    Status,
    Visibility,
)
from tocsin_runtime.ids import uuid7

SEAL_KEY = PrivateKey.generate()
INCIDENT = "0193-incident"
START = datetime(2026, 11, 24, 8, 52, tzinfo=UTC)


def snapshot(**given: Any) -> IncidentSnapshot:
    values: dict[str, Any] = {
        "id": INCIDENT,
        "ref": "INC-2041",
        "sequence": 1,
        "title": "Mail EU is down",
        "severity": Severity.SEV1,
        "status": Status.INVESTIGATING,
        "visibility": Visibility.PUBLISHED,
        "routed": True,
        "system_keys": ("mail-eu",),
        "started_at": START,
        "known_at": START,
    }
    return IncidentSnapshot(**{**values, **given})


def audience(*clients: AudienceClient, version: int = 1) -> Audience:
    return Audience(version=version, clients=clients or (concerned(),))


def concerned(**given: Any) -> AudienceClient:
    values: dict[str, Any] = {
        "client_key": "acme",
        "client_revision": 1,
        "plan_key": "gold",
        "severity_entry": Severity.SEV1,
        "systems": ("mail-eu",),
        "first_notice_due": START + timedelta(minutes=10),
        "next_update_due": START + timedelta(minutes=38),
        "because": "ACME GmbH uses Mail EU",
    }
    return AudienceClient(**{**values, **given})


def opened(incident: IncidentSnapshot, **given: Any) -> e.IncidentOpened:
    values: dict[str, Any] = {
        "incident": incident,
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.INITIAL,
        "audience": audience(),
    }
    return e.IncidentOpened(**{**values, **given})


def updated(
    incident: IncidentSnapshot, message: str = "We found the cause.", **given: Any
) -> e.IncidentUpdated:
    values: dict[str, Any] = {
        "incident": incident,
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.UPDATE,
        "update": IncidentUpdate(id=uuid7(), message=message, occurred_at=START),
    }
    return e.IncidentUpdated(**{**values, **given})


def resolved(incident: IncidentSnapshot, **given: Any) -> e.IncidentResolved:
    values: dict[str, Any] = {
        "incident": incident,
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.RESOLVED,
        "message": "Mail kept for you is arriving now.",
    }
    return e.IncidentResolved(**{**values, **given})


def closed(incident: IncidentSnapshot, **given: Any) -> e.IncidentClosed:
    values: dict[str, Any] = {
        "incident": incident,
        "audience_version": 1,
        "actor": "key:noc",
        "kind": Kind.CLOSURE,
        "root_cause": "A storage controller failed.",
        "steps_taken": "Moved all mailboxes.",
        "prevention": "Take-over is tested every month.",
    }
    return e.IncidentClosed(**{**values, **given})


def step_fired(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.StepFired:
    values: dict[str, Any] = {
        "incident": incident,
        "client_keys": ("acme",),
        "at": at,
        "kind": Kind.ESCALATION,
        "policy_key": "critical",
        "step": 0,
        "call": 0,
        "trigger": "unacknowledged",
        "reason": "critical, open for 15 minutes, and nobody has acknowledged it",
        "notify": (e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER),),
        "channels": (Channel.EMAIL,),
        "due_at": at,
    }
    return e.StepFired(**{**values, **given})


def taken(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationTaken:
    values: dict[str, Any] = {
        "incident": incident,
        "client_keys": ("acme",),
        "at": at,
        "kind": Kind.ESCALATION_TAKEN,
        "person": "tom",
        "person_name": "Tom Klein",
        "expires_at": at + timedelta(minutes=30),
    }
    return e.EscalationTaken(**{**values, **given})


# ── the provider and its client ─────────────────────────────────────────────────────────────────


def provider() -> e.ProviderChanged:
    document = Provider(name="Nordlicht IT", timezone="Europe/Berlin", desk_phone="+49 30 23125100")
    return e.ProviderChanged(revision=0, key="provider", document=document)


def mail_eu() -> e.SystemChanged:
    return e.SystemChanged(
        revision=0, key="mail-eu", document=System(key="mail-eu", name="Mail EU")
    )


def entry(*rules: NotifyRule) -> SeverityEntry:
    return SeverityEntry(
        notify=rules or (NotifyRule(roles=("it_lead", "ceo"), channels=(Channel.EMAIL,)),),
        update_every_minutes=Decimal(30),
        first_notice_within_minutes=Decimal(10),
        closure_within_hours=Decimal(48),
    )


def gold(**severities: SeverityEntry) -> e.PlanChanged:
    entries = {Severity(name): given for name, given in severities.items()} or {
        severity: entry() for severity in Severity
    }
    plan = CommunicationPlan(key="gold", severities=entries)
    return e.PlanChanged(revision=0, key="gold", document=plan)


def team() -> e.TeamChanged:
    members = {
        StaffRole.ACCOUNT_MANAGER: StaffMember(key="ann", name="Ann Weiss"),
        StaffRole.DEPUTY: StaffMember(key="tom", name="Tom Klein"),
    }
    return e.TeamChanged(
        revision=0, key="team-a", document=AccountTeam(key="team-a", members=members)
    )


def jo(**given: Any) -> Contact:
    values: dict[str, Any] = {"key": "jo", "name": "Jo Frei", "roles": ("it_lead",)}
    return Contact(**{**values, **given})


def mia(**given: Any) -> Contact:
    values: dict[str, Any] = {"key": "mia", "name": "Mia Roth", "roles": ("ceo",)}
    return Contact(**{**values, **given})


def acme(
    *contacts: Contact, key: str = "acme", name: str = "ACME GmbH", locale: str = "en"
) -> e.ClientChanged:
    document = Client(
        key=key,
        name=name,
        timezone="Europe/Berlin",
        locale=locale,
        systems=(SystemUse(key="mail-eu"),),
        account_team="team-a",
        communication_plan="gold",
        contacts=contacts or (jo(), mia()),
    )
    return e.ClientChanged(revision=0, key=key, document=document)


def address(
    person: str, client_key: str | None = "acme", *, webhook: str | None = None, **given: Any
) -> e.ContactChanged:
    sealed = {}
    if webhook:
        box = SealedBox(SEAL_KEY.public_key).encrypt(json.dumps({"url": webhook}).encode())
        sealed[Channel.WEBHOOK] = base64.b64encode(box).decode()
    return e.ContactChanged(
        revision=0,
        client_key=client_key,
        person=person,
        name=person.title(),
        addresses=Addresses(sealed=sealed, **given),
    )


def addresses() -> list[e.ContactChanged]:
    return [
        address("jo", email="jo@acme.example"),
        address("mia", email="mia@acme.example"),
        address("ann", None, email="ann@nordlicht.example", phone="+49 30 23125142"),
        address("tom", None, email="tom@nordlicht.example"),
        address("noc", None, email="noc@nordlicht.example"),
    ]


def both_channels() -> list[EventData]:
    """A plan that tells the IT lead by mail and in Slack."""
    rule = NotifyRule(roles=("it_lead",), channels=(Channel.EMAIL, Channel.SLACK))
    return [gold(**{severity.value: entry(rule) for severity in Severity})]


def slack_of_jo() -> e.ContactChanged:
    return address("jo", email="jo@acme.example", slack="C0JO")
