"""What an apply comes to, before anything is written: pure, and the part that takes time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from incident_api.directory.changes import Changes, News, changes, news
from incident_api.directory.document import Entries, EntryId
from incident_api.directory.entries import Entry
from incident_api.directory.presence import Presence, Rostered
from incident_api.directory.publishing import published
from incident_api.directory.references import WhereIs, faults
from incident_api.directory.secrets import Sealer, Secret, SecretPlace, Secrets, kept, settle
from incident_api.web.field_error import FieldError


class Faulty(Exception):
    """What is wanted is wrong in these places; at least one."""

    def __init__(self, errors: Sequence[FieldError]) -> None:
        super().__init__(f"{errors[0].pointer}: {errors[0].detail}")
        self.errors = tuple(errors)


@dataclass(frozen=True)
class Wanted:
    """What the directory shall be, and where a fault in it is to be shown."""

    entries: Entries
    where_is: WhereIs


@dataclass(frozen=True)
class Plan:
    """``entries`` have their secrets masked; ``secrets`` are sealed."""

    entries: Entries
    where_is: WhereIs
    secrets: Secrets
    presence: Presence
    changes: Changes
    news: News


@dataclass(frozen=True)
class Known:
    """The directory as it is."""

    entries: Entries
    secrets: Secrets
    presence: Presence


def plan(wanted: Wanted, before: Known, sealer: Sealer, rostered: Rostered) -> Plan:
    """Raises :class:`Faulty` with every fault, where there is one."""
    _refuse(faults(wanted.entries, wanted.where_is))
    entries, sealed = _settled(wanted, before.entries, before.secrets, sealer)
    presence = replace(before.presence, duties=rostered(before.entries, entries))
    return Plan(
        entries,
        wanted.where_is,
        sealed,
        presence,
        changes(before.entries, entries, before.secrets, sealed),
        news(
            published(before.entries, before.secrets, before.presence),
            published(entries, sealed, presence),
        ),
    )


def _refuse(found: list[FieldError]) -> None:
    if found:
        raise Faulty(found)


def _settled(
    wanted: Wanted, before: Entries, secrets: Secrets, sealer: Sealer
) -> tuple[dict[EntryId, Entry], dict[SecretPlace, Secret]]:
    """The wanted entries with secrets masked, and all secrets sealed."""
    so_far = kept(before, secrets)
    masked: dict[EntryId, Entry] = {}
    sealed: dict[SecretPlace, Secret] = {}
    wrong: list[FieldError] = []
    for entry_id, entry in wanted.entries.items():
        masked[entry_id], own, faulty = settle(entry, so_far, sealer)
        sealed |= {place: secret for place, secret in own.items() if place not in sealed}
        base = wanted.where_is(entry_id)
        wrong += [FieldError(base + fault.pointer, fault.detail) for fault in faulty]
    _refuse(wrong)
    return masked, sealed
