"""The people of an incident's clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tocsin_contracts.directory import Contact
from tocsin_contracts.events import Called
from tocsin_contracts.policies import ON_DUTY, ChainKind
from tocsin_contracts.staff import AccountTeam, StaffMember

from escalation.people import clauses
from escalation.people.availability import find, people_of
from escalation.people.finding import Colleague, Found


@dataclass(frozen=True)
class ClientPeople:
    """One client: its name, its account team if the directory names one, its own contacts."""

    name: str
    team: AccountTeam | None = None
    contacts: Sequence[Contact] = ()
    tags: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Roster:
    clients: Mapping[str, ClientPeople]

    def __call__(
        self,
        client_key: str,
        role: str,
        now: datetime,
        /,
        *,
        kind: ChainKind = ChainKind.ACCOUNT,
        at_any_hour: bool = False,
    ) -> tuple[Found, ...]:
        """Whom ``role`` leads to for the client now."""
        client = self.clients.get(client_key)
        if kind is ChainKind.CLIENT:
            return _contacts(self.name(client_key), client.contacts if client else (), role)
        if client is None or client.team is None:
            return (Found(None, reason=clauses.no_team(self.name(client_key))),)
        return find(client.team, role, now, at_any_hour=at_any_hour)

    def name(self, client_key: str) -> str:
        client = self.clients.get(client_key)
        return client_key if client is None else client.name

    def names(self, client_keys: Sequence[str]) -> list[str]:
        return [self.name(key) for key in client_keys]

    def team(self, client_key: str) -> dict[str, Called]:
        """The client's account team by person key, whoever stands in or is on duty included; who
        has two roles appears with the first."""
        client = self.clients.get(client_key)
        if client is None or client.team is None:
            return {}
        members = [(member, role.value) for role, member in client.team.members.items()]
        others = [(member, ON_DUTY) for member in client.team.others]
        found: dict[str, Called] = {}
        for who, role in (*members, *others):
            found.setdefault(who.key, Called(person=who.key, name=who.name, role=role))
        return found

    def colleague(self, client_key: str, person: str, /) -> Colleague | None:
        client = self.clients.get(client_key)
        named = self.team(client_key).get(person)
        if client is None or client.team is None or named is None:
            return None
        return Colleague(people_of(client.team)[person], named.role)

    def contact(self, client_key: str, person: str) -> str:
        """The name of somebody at the client; the key where the directory knows nobody by it."""
        client = self.clients.get(client_key)
        contacts = () if client is None else client.contacts
        return next((one.name for one in contacts if one.key == person), person)

    def tags(self, client_key: str) -> frozenset[str]:
        client = self.clients.get(client_key)
        return frozenset() if client is None else client.tags


def _contacts(client: str, contacts: Sequence[Contact], role: str) -> tuple[Found, ...]:
    """Everybody at the client who holds ``role``; it is for them when they answer."""
    held = [contact for contact in contacts if role in contact.roles]
    if not held:
        return (Found(None, reason=clauses.no_contact(client, role)),)
    return tuple(Found(_as_member(contact)) for contact in held)


def _as_member(contact: Contact) -> StaffMember:
    wished = contact.preferences.channels or ()
    return StaffMember(key=contact.key, name=contact.name, channels=wished)
