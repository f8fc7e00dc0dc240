"""Changes of a contact that a reader makes: fewer messages, another address. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from tocsin_contracts.words import Severity

from incident_api.directory.document import CLIENT
from incident_api.directory.entries import ClientEntry, ContactEntry, PreferencesEntry
from incident_api.directory.planning import Wanted
from incident_api.directory.references import path_of
from incident_api.directory.snapshot import Snapshot

CRITICAL_AND_MAJOR = Severity.SEV2
ContactChange = Callable[[ContactEntry], ContactEntry]


def less_for(people: Iterable[tuple[str, str]]) -> Callable[[Snapshot], Wanted]:
    """Critical and major outages only, for these (client, contact).

    Whoever is no longer in the directory, or wishes for even less, stays as they are.
    """
    wishes = set(people)

    def change(before: Snapshot) -> Wanted:
        entries = dict(before.entries)
        for client_key, person in wishes:
            entry = entries.get((CLIENT.name, client_key))
            if isinstance(entry, ClientEntry):
                entries[CLIENT.name, client_key] = with_contact(entry, person, _less)
        return Wanted(entries, path_of)

    return change


def destination_set(
    client_key: str, person: str, field: str, address: str
) -> Callable[[Snapshot], Wanted]:
    """``address`` in the ``field`` of this contact, in place of what was there."""

    def moved(contact: ContactEntry) -> ContactEntry:
        return contact.model_copy(update={field: address})

    def change(before: Snapshot) -> Wanted:
        entry = before.entries.get((CLIENT.name, client_key))
        if not isinstance(entry, ClientEntry):
            return Wanted(before.entries, path_of)
        changed = with_contact(entry, person, moved)
        return Wanted({**before.entries, (CLIENT.name, client_key): changed}, path_of)

    return change


def with_contact(client: ClientEntry, person: str, change: ContactChange) -> ClientEntry:
    contacts = tuple(change(one) if one.key == person else one for one in client.contacts)
    return client.model_copy(update={"contacts": contacts})


def _less(contact: ContactEntry) -> ContactEntry:
    wished = contact.preferences or PreferencesEntry()
    least = wished.severity_at_least
    if least is not None and least.at_least(CRITICAL_AND_MAJOR):
        return contact
    less = wished.model_copy(update={"severity_at_least": CRITICAL_AND_MAJOR})
    return contact.model_copy(update={"preferences": less})
