"""What an apply would do: which entries appear, change, stay and go, and what is published."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

from tocsin_contracts.model import Model

from incident_api.directory.document import Entries, EntryId
from incident_api.directory.entries import ClientEntry, Entry
from incident_api.directory.people import PersonId, people_in
from incident_api.directory.publishing import Published, Reach
from incident_api.directory.secrets import Secrets

Found = TypeVar("Found")


@dataclass(frozen=True)
class Changes:
    """By entry; ``contacts_removed`` are people who left a client that stays.

    ``fields`` names, for each changed entry, the fields that differ.
    """

    created: tuple[EntryId, ...] = ()
    changed: tuple[EntryId, ...] = ()
    left: tuple[EntryId, ...] = ()
    removed: tuple[EntryId, ...] = ()
    contacts_removed: tuple[PersonId, ...] = ()
    fields: Mapping[EntryId, tuple[str, ...]] = field(default_factory=dict)

    @property
    def nothing(self) -> bool:
        return not (self.created or self.changed or self.removed)


def changes(
    before: Entries, after: Entries, secrets_before: Secrets, secrets_after: Secrets
) -> Changes:
    resealed = {p.person for p in secrets_after if secrets_before.get(p) != secrets_after[p]}
    both = before.keys() & after.keys()
    compared = {i: _differing(before[i], after[i], resealed) for i in both}
    differing = {i: names for i, names in compared.items() if names}
    return Changes(
        created=_sorted(after.keys() - before.keys()),
        changed=_sorted(differing),
        left=_sorted(both - differing.keys()),
        removed=_sorted(before.keys() - after.keys()),
        contacts_removed=_sorted(_contacts_removed(before, after)),
        fields=differing,
    )


def _sorted(ids: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    return tuple(sorted(ids))


def _differing(before: Entry, after: Entry, resealed: set[PersonId]) -> tuple[str, ...]:
    """A secret behind the same mask can be another one, so masks alone do not decide."""
    names = type(before).model_fields
    differing = {name for name in names if getattr(before, name) != getattr(after, name)}
    behind_masks = {p.pointer.split("/")[1] for p in people_in(after) if p.id in resealed}
    return tuple(sorted(differing | behind_masks))


def _contacts_removed(before: Entries, after: Entries) -> Iterable[PersonId]:
    for entry_id, entry in before.items():
        stays = after.get(entry_id)
        if isinstance(entry, ClientEntry) and isinstance(stays, ClientEntry):
            kept = {contact.key for contact in stays.contacts}
            yield from ((entry.key, c.key) for c in entry.contacts if c.key not in kept)


@dataclass(frozen=True)
class News:
    """What has to be published; ``None`` tells that an entry or a person is gone."""

    documents: Mapping[EntryId, Model | None]
    people: Mapping[PersonId, Reach | None]


def news(before: Published, after: Published) -> News:
    return News(
        _difference(before.documents, after.documents), _difference(before.people, after.people)
    )


def _difference(
    before: Mapping[tuple[str, str], Found], after: Mapping[tuple[str, str], Found]
) -> dict[tuple[str, str], Found | None]:
    fresh = {i for i in after if before.get(i) != after[i]}
    return {i: after.get(i) for i in sorted(fresh | (before.keys() - after.keys()))}
