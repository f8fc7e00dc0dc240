"""What the page of a destination's link shows: pure, in its reader's language."""

from __future__ import annotations

from dataclasses import dataclass

from incident_api.directory.entries import ClientEntry, ContactEntry
from incident_api.documents.language import language_of


@dataclass(frozen=True)
class DestinationPage:
    """``confirmed`` is said instead of asking; ``replaces`` is empty where there was nothing."""

    language: str
    title: str
    about: str
    replaces: str
    confirm: str
    confirmed: str
    nothing: str
    foot: str


def destination_page(
    client: ClientEntry,
    contact: ContactEntry,
    address: str,
    *,
    before: str | None,
    confirmed: bool,
    provider: str,
) -> DestinationPage:
    """``before``: what the contact has on this channel now."""
    language = language_of(contact.locale or client.locale)
    replaces = before if before not in (None, address) else None
    return DestinationPage(
        language=language.tag,
        title=language.word("destination", "title"),
        about=language.word("destination", "about", name=contact.name, address=address),
        replaces=language.word("destination", "replaces", address=replaces) if replaces else "",
        confirm=language.word("destination", "confirm"),
        confirmed=language.word("destination", "confirmed", address=address) if confirmed else "",
        nothing=language.word("destination", "nothing"),
        foot=language.word("confirm", "foot", provider=provider),
    )
