"""The directory as decisions read it: frozen, and only what the events at hand speak of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin_contracts.directory import (
    Addresses,
    Client,
    CommunicationPlan,
    Provider,
    System,
    Template,
    TemplateVariant,
)
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.staff import AccountTeam
from tocsin_contracts.words import Channel, Kind, Severity, StaffRole

STAFF = ""
"""The client key of the provider's own people."""

TOLD_AS = frozenset({Kind.INITIAL, Kind.HOLDING_NOTICE, Kind.UPDATE, Kind.DIGEST})
"""What a message that has not gone out may become: a first word, one with what came before it, the
holding notice in place of one that nobody approved, a digest."""
MAINTENANCE_TOLD_AS = frozenset({Kind.MAINTENANCE_ANNOUNCED, Kind.MAINTENANCE_RESCHEDULED})

UNNAMED = Provider(name="Service provider", timezone="UTC")


@dataclass(frozen=True)
class Person:
    """Someone who can be reached. ``labels`` holds a digest of each channel's address."""

    key: str
    name: str
    revision: int
    addresses: Addresses | None
    labels: Mapping[Channel, str] = field(default_factory=dict)


@dataclass(frozen=True)
class View:
    """``revision`` is complete here; ``ahead`` names the clients of which a part is newer."""

    revision: int = 0
    provider: Provider = UNNAMED
    clients: Mapping[str, Client] = field(default_factory=dict)
    teams: Mapping[str, AccountTeam] = field(default_factory=dict)
    plans: Mapping[str, CommunicationPlan] = field(default_factory=dict)
    systems: Mapping[str, System] = field(default_factory=dict)
    templates: Mapping[str, Template] = field(default_factory=dict)
    people: Mapping[tuple[str, str], Person] = field(default_factory=dict)
    ahead: Mapping[str, int] = field(default_factory=dict)

    def person(self, client_key: str, key: str) -> Person | None:
        return self.people.get((client_key, key))

    def staff(self, key: str) -> Person | None:
        return self.people.get((STAFF, key))

    def system_name(self, key: str) -> str:
        system = self.systems.get(key)
        return system.name if system else key

    def needed_revision(self, client_key: str, named: int) -> int:
        """The revision to wait for before ``client_key`` is told of an event that names ``named``.

        A client in the middle of an apply waits for its end: half of one is nobody's truth.
        """
        return max(named, self.ahead.get(client_key, 0))


def systems_as_called(view: View, client: Client, keys: tuple[str, ...]) -> tuple[str, ...]:
    """The names the client itself uses for ``keys``."""
    own = {use.key: use.called for use in client.systems if use.called}
    return tuple(own.get(key) or view.system_name(key) for key in keys)


def own_plan(view: View, concerned: AudienceClient) -> CommunicationPlan | None:
    """The plan whose quiet hours, approval, cap, wording and drills apply to this client."""
    return view.plans.get(concerned.own_plan_key or concerned.plan_key)


def own_words(
    view: View, plan: CommunicationPlan | None, kind: Kind
) -> dict[Kind, tuple[TemplateVariant, ...]]:
    """The client's own words for a message of ``kind``, and for what it may yet be told as."""
    named = plan.wording if plan else {}
    kinds = {kind, *(MAINTENANCE_TOLD_AS if kind.of_maintenance else TOLD_AS)}
    return {
        one: view.templates[key].variants
        for one, key in named.items()
        if one in kinds and key in view.templates
    }


def account_manager(view: View, client: Client) -> Person | None:
    team = view.teams.get(client.account_team or "")
    member = team.members.get(StaffRole.ACCOUNT_MANAGER) if team else None
    if member is None:
        return None
    return view.staff(member.key) or Person(member.key, member.name, 0, None)


def entry_has_closure(view: View, plan_key: str, severity: Severity) -> bool:
    plan = view.plans.get(plan_key)
    entry = plan.severities.get(severity) if plan else None
    return entry is not None and entry.closure_within_hours is not None
