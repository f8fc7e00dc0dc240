"""The provider's directory as the other services see it: structure, roles and names, no address."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from tocsin_contracts.model import Model, PersonKey, Slug
from tocsin_contracts.words import Channel, Severity, StaffRole

Minutes = Annotated[Decimal, Field(ge=0, le=527_040, max_digits=12)]
"""Minutes, decimals allowed (0.2 is twelve seconds), at most a year."""

PositiveMinutes = Annotated[Decimal, Field(gt=0, le=527_040, max_digits=12)]


class Provider(Model):
    """The managed service provider itself."""

    name: str
    timezone: str
    desk_phone: str | None = None
    portal_url: str | None = None


class System(Model):
    key: Slug
    name: str
    depends_on: tuple[Slug, ...] = ()


class SystemUse(Model):
    """A client's use of a system, and the client's own name for it (``None``: the system's)."""

    key: Slug
    called: str | None = None


class Contact(Model):
    """A stakeholder at a client: who, in which roles, in which language and timezone."""

    key: PersonKey
    name: str
    roles: tuple[str, ...]
    locale: str | None = None
    timezone: str | None = None


class Client(Model):
    key: Slug
    name: str
    timezone: str
    locale: str = "en"
    tags: tuple[str, ...] = ()
    systems: tuple[SystemUse, ...] = ()
    account_team: Slug | None = None
    communication_plan: Slug | None = None
    contacts: tuple[Contact, ...] = ()


class StaffMember(Model):
    key: PersonKey
    name: str


class AccountTeam(Model):
    """Who speaks for the provider with its clients, by role."""

    key: Slug
    members: dict[StaffRole, StaffMember]


class NotifyRule(Model):
    """Everyone who holds one of ``roles`` is told on each of ``channels``."""

    roles: tuple[str, ...]
    channels: tuple[Channel, ...]


class SeverityEntry(Model):
    """What a plan promises and whom it tells at one severity."""

    notify: tuple[NotifyRule, ...]
    update_every_minutes: PositiveMinutes
    first_notice_within_minutes: PositiveMinutes
    closure_within_hours: PositiveMinutes | None = None
    answer_within_minutes: PositiveMinutes | None = None


Weekday = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]


class ServiceHours(Model):
    """Opening hours on the plan's own clock; a weekday that is absent is closed.

    ``days`` maps a weekday to ("08:00", "18:00"), local wall clock.
    """

    timezone: str
    days: dict[Weekday, tuple[str, str]]


class CommunicationPlan(Model):
    key: Slug
    severities: dict[Severity, SeverityEntry]
    service_hours: ServiceHours | None = None
    escalation_policy: Slug | None = None


class Trigger(Model):
    """The condition of a step: exactly one field is set.

    ``severity_at_least`` is true from the moment the incident has that severity;
    ``unacknowledged`` while nobody at the NOC has it; ``unresolved`` while it is open;
    ``update_overdue_minutes`` when the promised word is that late.
    """

    severity_at_least: Severity | None = None
    unacknowledged: Literal[True] | None = None
    unresolved: Literal[True] | None = None
    update_overdue_minutes: Minutes | None = None


class PolicyStep(Model):
    """Whom to bring in, on which channels, ``after_minutes`` after the trigger came true.

    ``repeat`` further calls follow ``every_minutes`` apart.
    """

    trigger: Trigger
    after_minutes: Minutes = Decimal(0)
    notify: tuple[StaffRole, ...]
    channels: tuple[Channel, ...]
    repeat: Annotated[int, Field(ge=0, le=50)] = 0
    every_minutes: PositiveMinutes | None = None


class EscalationPolicy(Model):
    key: Slug
    steps: tuple[PolicyStep, ...]
    take_expires_minutes: PositiveMinutes = Decimal(30)
    """A take without an update within this time goes on to whoever is next."""


class Addresses(Model):
    """Where one person can be reached. Read by the dispatcher alone.

    ``sealed`` holds secret destinations by channel, each a base64 SealedBox to the dispatcher's key
    (libsodium ``crypto_box_seal``).
    """

    email: str | None = None
    phone: str | None = None
    slack: str | None = None
    sealed: dict[Channel, str] = Field(default_factory=dict)
