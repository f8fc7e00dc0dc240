"""Where one person of the directory can be reached; 404 or 422 where that is nowhere."""

from __future__ import annotations

from tocsin_contracts.words import Channel

from incident_api.channels.rules import FIELD_OF, reachable_by
from incident_api.directory.document import CLIENT, PROVIDER
from incident_api.directory.entries import ClientEntry, ContactEntry, Destinations, ProviderEntry
from incident_api.directory.people import STAFF, own_people, people_in
from incident_api.directory.snapshot import Snapshot
from incident_api.web.problem import invalid, not_found


def contact_in(snapshot: Snapshot, client_key: str, person: str) -> ContactEntry:
    entry = snapshot.entries.get((CLIENT.name, client_key))
    if not isinstance(entry, ClientEntry):
        raise not_found("client", client_key)
    for contact in entry.contacts:
        if contact.key == person:
            return contact
    raise not_found(f"contact of '{client_key}'", person)


def destinations_in(snapshot: Snapshot, client_key: str | None, person: str) -> Destinations | None:
    """``client_key`` ``None``: the provider's own people; ``None`` for whoever is not there."""
    wanted = (client_key or STAFF, person)
    for (kind, _), entry in snapshot.entries.items():
        if kind == PROVIDER.name and isinstance(entry, ProviderEntry):
            own = own_people(entry).get(wanted)
            if own is not None:
                return own[1]
        for one in people_in(entry):
            if one.id == wanted:
                return one.details
    return None


def check_reachable(found: Destinations, person: str, channel: Channel, pointer: str) -> None:
    """422 where the directory has nothing for this channel, naming what it has."""
    known = reachable_by(found)
    if channel not in known:
        raise invalid(
            pointer,
            f"'{person}' has no {FIELD_OF[channel]} in the directory, which {channel} needs;"
            f" reachable by: {', '.join(known) or 'nothing yet'}.",
        )
