"""What the other services learn of a directory: its entries without addresses, and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin_contracts import directory as contract
from tocsin_contracts.directory import Addresses
from tocsin_contracts.model import Model
from tocsin_contracts.words import Channel

from incident_api.directory import defaults
from incident_api.directory.document import (
    PLAN,
    POLICY,
    THE_PROVIDER,
    Entries,
    EntryId,
)
from incident_api.directory.entries import (
    ClientEntry,
    ContactEntry,
    Destinations,
    Entry,
    PlanEntry,
    PolicyEntry,
    ProviderEntry,
    SeverityPlan,
    StepEntry,
    SystemEntry,
    TeamEntry,
)
from incident_api.directory.people import PersonId, own_people, people_in
from incident_api.directory.secrets import SECRET_CHANNELS, SecretPlace, Secrets

BUILT_IN: Mapping[EntryId, Model] = {
    THE_PROVIDER: defaults.PROVIDER,
    (PLAN.name, defaults.DEFAULT_KEY): defaults.PLAN,
    (POLICY.name, defaults.DEFAULT_KEY): defaults.POLICY,
}
"""In force wherever the provider has written no entry of that key."""


@dataclass(frozen=True)
class Reach:
    """One person's name and addresses."""

    name: str
    addresses: Addresses


@dataclass(frozen=True)
class Published:
    documents: Mapping[EntryId, Model]
    people: Mapping[PersonId, Reach]


NOTHING = Published({}, {})


def published(entries: Entries, secrets: Secrets) -> Published:
    documents = dict(BUILT_IN)
    people: dict[PersonId, Reach] = {}
    for entry_id, entry in entries.items():
        document = document_of(entry)
        if document is not None:
            documents[entry_id] = document
        people.update(_people(entry, secrets))
    return Published(documents, people)


def _people(entry: Entry, secrets: Secrets) -> dict[PersonId, Reach]:
    found = {
        person.id: Reach(person.details.name, _addresses(person.id, person.details, secrets))
        for person in people_in(entry)
    }
    if isinstance(entry, ProviderEntry):
        for person_id, (name, details) in own_people(entry).items():
            found[person_id] = Reach(name, _addresses(person_id, details, secrets))
    return found


def _addresses(person: PersonId, details: Destinations, secrets: Secrets) -> Addresses:
    sealed: dict[Channel, str] = {}
    for channel in SECRET_CHANNELS:
        secret = secrets.get(SecretPlace(person, channel))
        if secret is not None:
            sealed[channel] = secret.sealed
    return Addresses(email=details.email, phone=details.phone, slack=details.slack, sealed=sealed)


def document_of(entry: Entry) -> Model | None:
    """``None`` for what no other service needs yet."""
    match entry:
        case ProviderEntry():
            return contract.Provider(
                name=entry.name,
                timezone=entry.timezone,
                desk_phone=entry.desk_phone,
                portal_url=entry.portal_url,
            )
        case SystemEntry():
            return contract.System(key=entry.key, name=entry.name, depends_on=entry.depends_on)
        case ClientEntry():
            return _client(entry)
        case TeamEntry():
            return _team(entry)
        case PlanEntry():
            return _plan(entry)
        case PolicyEntry():
            return _policy(entry)
    return None


def _client(entry: ClientEntry) -> contract.Client:
    return contract.Client(
        key=entry.key,
        name=entry.name,
        timezone=entry.timezone,
        locale=entry.locale,
        tags=entry.tags,
        systems=tuple(contract.SystemUse(key=s.key, called=s.called) for s in entry.systems),
        account_team=entry.account_team,
        communication_plan=entry.communication_plan,
        contacts=tuple(_contact(contact) for contact in entry.contacts),
    )


def _contact(entry: ContactEntry) -> contract.Contact:
    return contract.Contact(
        key=entry.key,
        name=entry.name,
        roles=entry.roles,
        locale=entry.locale,
        timezone=entry.timezone,
    )


def _team(entry: TeamEntry) -> contract.AccountTeam:
    members = {
        role: contract.StaffMember(key=member.person, name=member.name)
        for role, member in entry.members().items()
    }
    return contract.AccountTeam(key=entry.key, members=members)


def _plan(entry: PlanEntry) -> contract.CommunicationPlan:
    hours = entry.service_hours
    return contract.CommunicationPlan(
        key=entry.key,
        severities={name: _severity(plan) for name, plan in entry.severities.items()},
        service_hours=None
        if hours is None
        else contract.ServiceHours(timezone=hours.timezone, days=hours.days),
        escalation_policy=entry.escalation_policy,
    )


def _severity(entry: SeverityPlan) -> contract.SeverityEntry:
    return contract.SeverityEntry(
        notify=tuple(
            contract.NotifyRule(roles=rule.roles, channels=rule.channels) for rule in entry.notify
        ),
        update_every_minutes=entry.update_every_minutes,
        first_notice_within_minutes=entry.first_notice_within_minutes,
        closure_within_hours=entry.closure_within_hours,
        answer_within_minutes=entry.answer_within_minutes,
    )


def _policy(entry: PolicyEntry) -> contract.EscalationPolicy:
    steps = tuple(_step(step) for step in entry.steps)
    if entry.take_expires_minutes is None:
        return contract.EscalationPolicy(key=entry.key, steps=steps)
    return contract.EscalationPolicy(
        key=entry.key, steps=steps, take_expires_minutes=entry.take_expires_minutes
    )


def _step(entry: StepEntry) -> contract.PolicyStep:
    trigger = entry.trigger
    return contract.PolicyStep(
        trigger=contract.Trigger(
            severity_at_least=trigger.severity_at_least,
            unacknowledged=trigger.unacknowledged or None,
            unresolved=trigger.unresolved or None,
            update_overdue_minutes=trigger.update_overdue_minutes,
        ),
        after_minutes=entry.after_minutes,
        notify=entry.notify,
        channels=entry.channels,
        repeat=entry.repeat,
        every_minutes=entry.every_minutes,
    )
