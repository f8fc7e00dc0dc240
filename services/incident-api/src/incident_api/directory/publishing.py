"""What the other services learn of a directory: its entries without addresses, and addresses."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from tocsin_contracts.directory import Addresses
from tocsin_contracts.model import Model
from tocsin_contracts.words import Channel

from incident_api.directory import defaults
from incident_api.directory.contract_documents import document_of
from incident_api.directory.document import (
    PLAN,
    POLICY,
    THE_PROVIDER,
    Entries,
    EntryId,
)
from incident_api.directory.entries import Destinations, Entry, ProviderEntry
from incident_api.directory.people import PersonId, own_people, people_in
from incident_api.directory.presence import NOBODY_AWAY, Presence
from incident_api.directory.secrets import SECRET_CHANNELS, SecretPlace, Secrets
from incident_api.directory.team_documents import context_of

BUILT_IN: Mapping[EntryId, Model] = {
    THE_PROVIDER: defaults.PROVIDER,
    (PLAN.name, defaults.DEFAULT_KEY): defaults.PLAN,
    (POLICY.name, defaults.DEFAULT_KEY): defaults.POLICY,
}
"""In force wherever the provider has written no entry of that key."""


def built_in_shown(entry_id: EntryId) -> dict[str, Any]:
    """As the provider would write it: what it holds of defaults is left out."""
    found: dict[str, Any] = BUILT_IN[entry_id].model_dump(mode="json", exclude_defaults=True)
    return found


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


def published(entries: Entries, secrets: Secrets, presence: Presence = NOBODY_AWAY) -> Published:
    documents = dict(BUILT_IN)
    context = context_of(entries, presence)
    people: dict[PersonId, Reach] = {}
    for entry_id, entry in entries.items():
        documents[entry_id] = document_of(entry, context)
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
