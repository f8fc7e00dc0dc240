"""Who opened the link of a notice, about what, and what this very reader was told of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Client, Contact
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Kind

from incident_api.conversations.model import Message
from incident_api.directory.view import DirectoryView
from incident_api.documents.language import Language, language_of
from incident_api.documents.times import Times, zone_or_utc
from incident_api.incidents.model import Incident


@dataclass(frozen=True)
class LastTold:
    """The newest message of the outage that got to one of the client's people; ``text`` is what a
    person wrote in it, if anybody did."""

    kind: Kind
    at: datetime
    text: str | None


@dataclass(frozen=True)
class ToCall:
    """Whoever answers this client on the telephone; ``phone`` as people read it."""

    name: str
    phone: str


@dataclass(frozen=True)
class Reading:
    """Who reads about what. ``systems`` by the client's names.

    ``confirmed_at`` is when they last said, anywhere, that they have a message of this outage;
    ``messages`` the conversation so far.
    """

    incident: Incident
    view: DirectoryView
    client: Client
    told: AudienceClient
    contact: Contact
    systems: tuple[str, ...]
    confirmed_at: datetime | None
    messages: tuple[Message, ...]
    last: LastTold | None
    call: ToCall | None
    now: datetime

    @property
    def language(self) -> Language:
        return language_of(self.contact.locale or self.client.locale)

    @property
    def times(self) -> Times:
        return Times(self.language, zone_or_utc(self.contact.timezone or self.client.timezone))
