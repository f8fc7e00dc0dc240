"""The entries of a directory as the provider writes them, and as they are kept and exported."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import BeforeValidator, model_serializer, model_validator
from tocsin_contracts.words import Channel, Severity, StaffRole

from incident_api.directory.duty_entries import DutyEntry
from incident_api.directory.fields import (
    AppriseUrl,
    DeskPhone,
    Email,
    Key,
    LocaleTag,
    Name,
    Phone,
    SlackId,
    TeamsUrl,
    TemplateLine,
    TemplateText,
    Timezone,
    WebhookSecret,
    WebUrl,
    checked,
    without_repeats,
)
from incident_api.directory.holiday_countries import checked_country
from incident_api.directory.plan_entries import Channels, PlanEntry, Roles
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.provider_entries import LinkingEntry, PublicationEntry
from incident_api.directory.week_hours import HoursEntry
from incident_api.web.models import Body


def _short_webhook(given: Any) -> Any:
    return {"url": given} if isinstance(given, str) else given


class Webhook(Body):
    """An address that gets signed requests; without a secret of its own, the provider's signs.

    While a secret is replaced requests carry two signatures, of it and of ``previous_secret``.
    """

    url: WebUrl
    secret: WebhookSecret | None = None
    previous_secret: WebhookSecret | None = None

    @model_validator(mode="after")
    def _two_secrets(self) -> Self:
        if self.previous_secret is not None and self.secret is None:
            raise ValueError("'previous_secret' stands beside 'secret'; give the new one too.")
        return self

    @model_serializer
    def _written(self) -> str | dict[str, str]:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return given if len(given) > 1 else self.url


class Destinations(Body):
    """Where one person is reached. ``teams``, ``apprise`` and a webhook's secret are secrets."""

    email: Email | None = None
    phone: Phone | None = None
    slack: SlackId | None = None
    webhook: Annotated[Webhook, BeforeValidator(_short_webhook)] | None = None
    teams: TeamsUrl | None = None
    apprise: AppriseUrl | None = None


class LastResort(Body):
    name: Name
    email: Email | None = None
    phone: Phone | None = None

    @model_validator(mode="after")
    def _reachable(self) -> Self:
        if self.email is None and self.phone is None:
            raise ValueError("Give an email or a phone; this person is called when all else fails.")
        return self


class ProviderEntry(Body):
    name: Name
    timezone: Timezone = "UTC"
    locale: LocaleTag = "en"
    noc_email: Email | None = None
    desk_phone: DeskPhone | None = None
    portal_url: WebUrl | None = None
    last_resort: LastResort | None = None
    publication: PublicationEntry | None = None
    linking: LinkingEntry | None = None


class SystemEntry(Body):
    key: Key
    name: Name
    depends_on: Annotated[tuple[Key, ...], BeforeValidator(without_repeats)] = ()


def _short_use(given: Any) -> Any:
    return {"key": given} if isinstance(given, str) else given


class SystemUseEntry(Body):
    """A system a client uses; ``called`` is the client's own name for it.

    ``communication_plan`` stands in for the client's where this system is affected.
    """

    key: Key
    called: Name | None = None
    communication_plan: Key | None = None

    @model_serializer
    def _written(self) -> str | dict[str, str]:
        given = {name: value for name, value in vars(self).items() if value is not None}
        return given if len(given) > 1 else self.key


class PreferencesEntry(Body):
    """The reader's wish: nothing less severe, on no other channels."""

    severity_at_least: Severity | None = None
    channels: Channels | None = None


class _ContactHead(Body):
    key: Key
    name: Name
    roles: Roles
    locale: LocaleTag | None = None
    timezone: Timezone | None = None
    preferences: PreferencesEntry | None = None


class ContactEntry(Destinations, _ContactHead):
    """A stakeholder at a client."""

    @model_validator(mode="before")
    @classmethod
    def _one_role(cls, given: Any) -> Any:
        if not isinstance(given, dict) or "role" not in given:
            return given
        if "roles" in given:
            raise ValueError("Give either 'role' or 'roles', not both.")
        rest = {name: value for name, value in given.items() if name != "role"}
        return {**rest, "roles": [given["role"]]}


class ClientEntry(Body):
    key: Key
    name: Name
    called: Name | None = None
    timezone: Timezone = "UTC"
    locale: LocaleTag = "en"
    tags: Annotated[tuple[Name, ...], BeforeValidator(without_repeats)] = ()
    systems: tuple[Annotated[SystemUseEntry, BeforeValidator(_short_use)], ...] = ()
    account_team: Key | None = None
    communication_plan: Key | None = None
    confirmation_policy: Key | None = None
    contacts: tuple[ContactEntry, ...] = ()


class _MemberHead(Body):
    key: Key | None = None
    name: Name


class MemberEntry(Destinations, _MemberHead):
    """One of the provider's own people; without a key, the email is the key.

    Without ``working_hours`` they are called at any hour. ``channels``: the best one first.
    """

    working_hours: HoursEntry | None = None
    holidays: Annotated[str, checked(checked_country)] | None = None
    channels: Annotated[tuple[Channel, ...], BeforeValidator(without_repeats)] | None = None

    @model_validator(mode="after")
    def _has_key(self) -> Self:
        if self.key is None and self.email is None:
            raise ValueError("Give a key or an email, by which this person is known.")
        return self

    @property
    def person(self) -> str:
        return self.key or self.email or ""


class TeamEntry(Body):
    """``others`` hold no role; they are on duty or stand in."""

    key: Key
    account_manager: MemberEntry | None = None
    deputy: MemberEntry | None = None
    escalation_manager: MemberEntry | None = None
    director: MemberEntry | None = None
    others: tuple[MemberEntry, ...] = ()
    duty: DutyEntry | None = None

    def members(self) -> dict[StaffRole, MemberEntry]:
        found = {role: getattr(self, role.value) for role in StaffRole}
        return {role: member for role, member in found.items() if member is not None}

    def everyone(self) -> tuple[MemberEntry, ...]:
        return (*self.members().values(), *self.others)


class VariantEntry(Body):
    """``chat`` is Slack and Teams. Without ``block`` the whole text of a kind is replaced."""

    channel: Literal["email", "sms", "voice", "chat"]
    locale: LocaleTag
    block: Key | None = None
    subject: TemplateLine | None = None
    text: TemplateText
    html: TemplateText | None = None


class TemplateEntry(Body):
    key: Key
    variants: tuple[VariantEntry, ...]


Entry = (
    ProviderEntry | SystemEntry | ClientEntry | TeamEntry | PlanEntry | PolicyEntry | TemplateEntry
)
