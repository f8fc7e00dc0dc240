"""The people of an incident's clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.events import Called
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.staff import StaffMember
from tocsin_contracts.words import StaffRole

from escalation.people.finding import Found


@dataclass(frozen=True)
class ClientPeople:
    """One client's name and its account team by role; nobody where the directory names no team."""

    name: str
    members: Mapping[StaffRole, StaffMember] = field(default_factory=dict)


@dataclass(frozen=True)
class Roster:
    clients: Mapping[str, ClientPeople]

    def __call__(
        self,
        client_key: str,
        role: str,
        now: datetime,  # noqa: ARG002
        /,
        *,
        kind: ChainKind = ChainKind.ACCOUNT,  # noqa: ARG002
        at_any_hour: bool = False,  # noqa: ARG002
    ) -> tuple[Found, ...]:
        """Who holds ``role`` for the client now."""
        client = self.clients.get(client_key)
        members = {} if client is None else client.members
        found = {held.value: member for held, member in members.items()}.get(role)
        if found is None:
            return (Found(None, reason=f"the account team names no {role.replace('_', ' ')}"),)
        return (Found(found),)

    def name(self, client_key: str) -> str:
        client = self.clients.get(client_key)
        return client_key if client is None else client.name

    def names(self, client_keys: Sequence[str]) -> list[str]:
        return [self.name(key) for key in client_keys]

    def team(self, client_key: str) -> dict[str, Called]:
        """The client's account team by person key; who has two roles appears with the first."""
        client = self.clients.get(client_key)
        members = {} if client is None else client.members
        found: dict[str, Called] = {}
        for role, member in members.items():
            found.setdefault(member.key, Called(person=member.key, name=member.name, role=role))
        return found
