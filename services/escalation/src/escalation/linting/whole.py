"""The whole copy of the directory, and who would be escalated by which policy. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from tocsin_contracts.directory import Client, CommunicationPlan
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam

from escalation.people.directory import DEFAULT_POLICY

DEFAULT_PLAN = "default"


@dataclass(frozen=True)
class Whole:
    """Every entry by key."""

    clients: Mapping[str, Client]
    teams: Mapping[str, AccountTeam]
    policies: Mapping[str, EscalationPolicy]
    plans: Mapping[str, CommunicationPlan]

    @cached_property
    def users(self) -> dict[str, tuple[Client, ...]]:
        """By policy the clients that some outage escalates by it."""
        found: dict[str, list[Client]] = {key: [] for key in self.policies}
        for client in self.clients.values():
            for key in dict.fromkeys(self._policies_of(client)):
                found[key].append(client)
        return {key: tuple(clients) for key, clients in found.items()}

    def teams_of(self, clients: Sequence[Client]) -> list[AccountTeam]:
        """The account teams of ``clients``, each once."""
        keys = dict.fromkeys(client.account_team for client in clients)
        return [self.teams[key] for key in keys if key is not None and key in self.teams]

    def plans_of(self, client: Client) -> list[CommunicationPlan]:
        """The client's own plan, or the default, and those of single systems."""
        keys = [client.communication_plan or DEFAULT_PLAN]
        keys += [use.communication_plan for use in client.systems if use.communication_plan]
        return [self.plans[key] for key in dict.fromkeys(keys) if key in self.plans]

    def _policies_of(self, client: Client) -> Iterator[str]:
        for plan in self.plans_of(client):
            account = plan.escalation_policy or DEFAULT_POLICY
            yield from (key for key in [account] if key in self.policies)
            confirmation = client.confirmation_policy or plan.confirmation_policy
            yield from (key for key in [confirmation] if key is not None and key in self.policies)
