"""Each kind of entry as the other services see it: structure, roles and names, no address."""

from __future__ import annotations

from typing import Any, TypeVar

from tocsin_contracts import directory as contract
from tocsin_contracts.model import Model

from incident_api.directory.entries import (
    ClientEntry,
    ContactEntry,
    Entry,
    ProviderEntry,
    SystemEntry,
    TeamEntry,
    TemplateEntry,
)
from incident_api.directory.plan_entries import PlanEntry
from incident_api.directory.policy_documents import policy_document
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.provider_entries import LinkingEntry, PublicationEntry
from incident_api.directory.team_documents import ALONE, Context, team_document

Document = TypeVar("Document", bound=Model)


def document_of(entry: Entry, context: Context = ALONE) -> Model:
    """A field that the entry leaves out takes the contract's default.

    ``context`` counts for teams and policies alone.
    """
    match entry:
        case ProviderEntry():
            return _provider(entry)
        case SystemEntry():
            return _same(contract.System, entry)
        case ClientEntry():
            return _client(entry)
        case TeamEntry():
            return team_document(entry, context)
        case PlanEntry():
            return _plan(entry)
        case PolicyEntry():
            return policy_document(entry, context.timezone)
        case TemplateEntry():
            return _same(contract.Template, entry)


def _same(model: type[Document], entry: object) -> Document:
    """For entries whose fields have the contract's names; what it does not know is left out."""
    return model.model_validate(entry, from_attributes=True)


def _maybe(model: type[Document], entry: object | None) -> Document | None:
    return None if entry is None else _same(model, entry)


def _given(entry: object, *names: str) -> dict[str, Any]:
    """Those of ``names`` that are not left out."""
    return {name: value for name in names if (value := getattr(entry, name)) is not None}


def _set(**values: object) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


def _provider(entry: ProviderEntry) -> contract.Provider:
    return contract.Provider(
        name=entry.name,
        timezone=entry.timezone,
        locale=entry.locale,
        desk_phone=entry.desk_phone,
        portal_url=entry.portal_url,
        publication=_publication(entry.publication),
        linking=_linking(entry.linking),
    )


def _publication(entry: PublicationEntry | None) -> contract.Publication:
    if entry is None:
        return contract.Publication()
    rules = tuple(_same(contract.PublicationRule, rule) for rule in entry.rules)
    return contract.Publication(rules=rules, **_given(entry, "holding_margin_minutes"))


def _linking(entry: LinkingEntry | None) -> contract.Linking:
    if entry is None:
        return contract.Linking()
    return contract.Linking(**_given(entry, "same_root_within_minutes"))


def _client(entry: ClientEntry) -> contract.Client:
    return contract.Client(
        key=entry.key,
        name=entry.name,
        called=entry.called,
        timezone=entry.timezone,
        locale=entry.locale,
        tags=entry.tags,
        systems=tuple(_same(contract.SystemUse, use) for use in entry.systems),
        account_team=entry.account_team,
        communication_plan=entry.communication_plan,
        confirmation_policy=entry.confirmation_policy,
        contacts=tuple(_contact(contact) for contact in entry.contacts),
    )


def _contact(entry: ContactEntry) -> contract.Contact:
    return contract.Contact(
        key=entry.key,
        name=entry.name,
        roles=entry.roles,
        locale=entry.locale,
        timezone=entry.timezone,
        **_set(preferences=_maybe(contract.Preferences, entry.preferences)),
    )


def _plan(entry: PlanEntry) -> contract.CommunicationPlan:
    rules = entry.maintenance
    return contract.CommunicationPlan(
        key=entry.key,
        severities={
            name: _same(contract.SeverityEntry, plan) for name, plan in entry.severities.items()
        },
        maintenance=None
        if rules is None
        else tuple(_same(contract.NotifyRule, rule) for rule in rules),
        service_hours=_maybe(contract.ServiceHours, entry.service_hours),
        escalation_policy=entry.escalation_policy,
        confirmation_policy=entry.confirmation_policy,
        quiet_hours=_maybe(contract.QuietHours, entry.quiet_hours),
        approval=_maybe(contract.Approval, entry.approval),
        cap=_maybe(contract.Cap, entry.cap),
        caps={channel: _same(contract.Cap, cap) for channel, cap in entry.caps.items()},
        budget=_maybe(contract.Budget, entry.budget),
        wording=entry.wording,
        **_given(entry, "group_minutes", "holding_next_word_minutes", "drills"),
        **_feedback(entry),
    )


def _feedback(entry: PlanEntry) -> dict[str, Any]:
    """Nought hours is how a plan says never."""
    if entry.feedback_after_hours is None:
        return {}
    return {"feedback_after_hours": entry.feedback_after_hours or None}
