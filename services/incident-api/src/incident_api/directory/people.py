"""The people in an entry: a client's contacts, a team's members, the provider's own."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from incident_api.directory.document import Entries
from incident_api.directory.entries import (
    ClientEntry,
    ContactEntry,
    Destinations,
    Entry,
    MemberEntry,
    ProviderEntry,
    TeamEntry,
)

STAFF = ""
"""Stands for the client of those who have none: the provider's own people."""
NOC = "noc"
LAST_RESORT = "last-resort"

PersonId = tuple[str, str]
"""(client key or ``STAFF``, person key)."""


@dataclass(frozen=True)
class Person:
    """One mention of a person; ``pointer`` leads to it from its entry."""

    id: PersonId
    pointer: str
    details: ContactEntry | MemberEntry


def people_in(entry: Entry) -> Iterator[Person]:
    if isinstance(entry, ClientEntry):
        for index, contact in enumerate(entry.contacts):
            yield Person((entry.key, contact.key), f"/contacts/{index}", contact)
    elif isinstance(entry, TeamEntry):
        for role, member in entry.members().items():
            yield Person((STAFF, member.person), f"/{role.value}", member)
        for index, member in enumerate(entry.others):
            yield Person((STAFF, member.person), f"/others/{index}", member)


def with_people(entry: Entry, details: Mapping[str, ContactEntry | MemberEntry]) -> Entry:
    """``entry`` with the people at the pointers of ``details`` replaced."""
    if isinstance(entry, ClientEntry):
        contacts = [
            details.get(f"/contacts/{index}", contact)
            for index, contact in enumerate(entry.contacts)
        ]
        return entry.model_copy(update={"contacts": tuple(contacts)})
    if isinstance(entry, TeamEntry):
        others = [details.get(f"/others/{i}", member) for i, member in enumerate(entry.others)]
        roles = {p[1:]: member for p, member in details.items() if not p.startswith("/others/")}
        return entry.model_copy(update={**roles, "others": tuple(others)})
    return entry


def spread(entries: Entries, team: TeamEntry) -> dict[tuple[str, str], Entry]:
    """``entries`` in which the members of ``team`` have the same details in every other team.

    One person is one key: a new phone number written in one team counts in all.
    """
    newest = {person.id: person.details for person in people_in(team)}
    changed = dict(entries)
    for entry_id, entry in entries.items():
        if isinstance(entry, TeamEntry):
            own = {p.pointer: newest[p.id] for p in people_in(entry) if p.id in newest}
            changed[entry_id] = with_people(entry, own)
    return changed


def own_people(provider: ProviderEntry) -> dict[PersonId, tuple[str, Destinations]]:
    """Name and destinations of the provider's duty desk and of whoever is called when all fails."""
    found: dict[PersonId, tuple[str, Destinations]] = {}
    if provider.noc_email is not None:
        desk = Destinations(email=provider.noc_email)
        found[STAFF, NOC] = (f"{provider.name}, duty desk", desk)
        found[STAFF, LAST_RESORT] = found[STAFF, NOC]
    if provider.last_resort is not None:
        last = provider.last_resort
        found[STAFF, LAST_RESORT] = (last.name, Destinations(email=last.email, phone=last.phone))
    return found
