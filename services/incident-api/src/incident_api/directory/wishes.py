"""What readers settled themselves, and what becomes of it when the provider writes again. Pure.

The provider's document does not know of it, and is written again and again: what it leaves out, or
still holds as it was, says nothing against a reader. What it holds anew does, and counts.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from incident_api.directory.document import CLIENT, Entries, EntryId
from incident_api.directory.entries import ClientEntry, ContactEntry, PreferencesEntry
from incident_api.directory.people import PersonId
from incident_api.directory.planning import Wanted

PREFERENCES = "preferences"
FIELDS = (PREFERENCES, "email", "phone", "slack")
"""Of a contact: fewer messages, and addresses that were confirmed there."""


@dataclass(frozen=True)
class Wish:
    """``value`` stands in ``field`` of the contact; ``instead_of`` is what the provider wrote.

    Both as in JSON: text, or an object of preferences.
    """

    client_key: str
    person: str
    field: str
    value: Any
    instead_of: Any


def kept(wishes: Iterable[Wish], wanted: Wanted) -> tuple[Wanted, tuple[str, ...]]:
    """``wanted`` with what readers settled, and a sentence about each where the two differ."""
    entries = dict(wanted.entries)
    notes = []
    for wish in wishes:
        contact = _contact(entries, wish)
        said = None if contact is None else _value(contact, wish.field)
        if contact is None or said == wish.value:
            continue
        stays = said is None or said == wish.instead_of
        if stays:
            _put(entries, wish)
        notes.append(_note(wish, stays=stays))
    return Wanted(entries, wanted.where_is), tuple(notes)


def following(
    wishes: Iterable[Wish], before: Entries, after: Entries, readers: Collection[PersonId]
) -> list[Wish]:
    """The wishes once ``after`` is in force, which came of what ``readers`` did.

    A wish ends where the contact no longer holds it.
    """
    known = {(one.client_key, one.person, one.field): one for one in wishes}
    own = {
        (*reader, field): _settled(before, after, reader, field)
        for reader in readers
        for field in FIELDS
    }
    for place, wish in own.items():
        if wish is not None:
            older = known.get(place)
            known[place] = wish if older is None else replace(wish, instead_of=older.instead_of)
    return [wish for wish in known.values() if _holds(after, wish)]


def _settled(before: Entries, after: Entries, reader: PersonId, field: str) -> Wish | None:
    wish = Wish(*reader, field, None, None)
    was, now = _contact(before, wish), _contact(after, wish)
    if was is None or now is None or _value(was, field) == _value(now, field):
        return None
    return replace(wish, value=_value(now, field), instead_of=_value(was, field))


def _holds(entries: Entries, wish: Wish) -> bool:
    contact = _contact(entries, wish)
    return contact is not None and bool(_value(contact, wish.field) == wish.value)


def _contact(entries: Entries, wish: Wish) -> ContactEntry | None:
    client = entries.get((CLIENT.name, wish.client_key))
    contacts = client.contacts if isinstance(client, ClientEntry) else ()
    return next((one for one in contacts if one.key == wish.person), None)


def _value(contact: ContactEntry, field: str) -> Any:
    found = getattr(contact, field)
    if isinstance(found, PreferencesEntry):
        return found.model_dump(mode="json", exclude_none=True)
    return found


def _put(entries: dict[EntryId, Any], wish: Wish) -> None:
    client = entries[CLIENT.name, wish.client_key]
    value = wish.value
    if wish.field == PREFERENCES:
        value = PreferencesEntry.model_validate(value)
    contacts = tuple(
        one.model_copy(update={wish.field: value}) if one.key == wish.person else one
        for one in client.contacts
    )
    entries[CLIENT.name, wish.client_key] = client.model_copy(update={"contacts": contacts})


def _note(wish: Wish, *, stays: bool) -> str:
    who = f"{wish.client_key}/{wish.person}"
    own = (
        "their own wish to hear of critical and major outages only"
        if wish.field == PREFERENCES
        else f"the {wish.field} that was confirmed there"
    )
    if stays:
        path = f"/v1/clients/{wish.client_key}/contacts/{wish.person}"
        return f"{who}: keeps {own}; PUT {path} changes it."
    return f"{who}: what you write of their {wish.field} replaces {own}."
