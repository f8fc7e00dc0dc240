"""The whole directory as one document, and the kinds of entries it is made of."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel
from tocsin_contracts.model import Slug

from incident_api.directory import defaults
from incident_api.directory.entries import (
    ClientEntry,
    Entry,
    ProviderEntry,
    SystemEntry,
    TeamEntry,
    TemplateEntry,
)
from incident_api.directory.plan_entries import PlanEntry
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.web.models import Body


@dataclass(frozen=True)
class Kind:
    """One kind of entry: its name in events and revisions, its section, its path under /v1."""

    name: str
    section: str
    path: str
    words: str
    model: type[BaseModel]


PROVIDER = Kind("provider", "provider", "provider", "provider", ProviderEntry)
SYSTEM = Kind("system", "systems", "systems", "system", SystemEntry)
CLIENT = Kind("client", "clients", "clients", "client", ClientEntry)
TEAM = Kind("team", "account_teams", "account-teams", "account team", TeamEntry)
PLAN = Kind("plan", "communication_plans", "communication-plans", "communication plan", PlanEntry)
POLICY = Kind(
    "policy", "escalation_policies", "escalation-policies", "escalation policy", PolicyEntry
)
TEMPLATE = Kind("template", "templates", "templates", "template", TemplateEntry)

KINDS = (PROVIDER, SYSTEM, CLIENT, TEAM, PLAN, POLICY, TEMPLATE)
KIND_OF_NAME = {kind.name: kind for kind in KINDS}

EntryId = tuple[str, str]
"""(kind's name, key): ("client", "acme")."""
THE_PROVIDER: EntryId = (PROVIDER.name, PROVIDER.name)

Entries = Mapping[EntryId, Entry]


def timezone_of(entries: Entries) -> str:
    """The provider's own."""
    provider = entries.get(THE_PROVIDER)
    return (provider if isinstance(provider, ProviderEntry) else defaults.PROVIDER).timezone


class Document(Body):
    """A section that is ``None`` was left out and stays as it is."""

    provider: ProviderEntry | None = None
    systems: tuple[SystemEntry, ...] | None = None
    clients: tuple[ClientEntry, ...] | None = None
    account_teams: tuple[TeamEntry, ...] | None = None
    communication_plans: tuple[PlanEntry, ...] | None = None
    escalation_policies: tuple[PolicyEntry, ...] | None = None
    templates: tuple[TemplateEntry, ...] | None = None

    def given(self) -> Iterator[tuple[Kind, str, Slug, Entry]]:
        """Each entry with its kind, its JSON pointer in this document, and its key."""
        for kind in KINDS:
            section = getattr(self, kind.section)
            if kind is PROVIDER and section is not None:
                yield kind, "/provider", PROVIDER.name, section
            elif section is not None:
                for index, entry in enumerate(section):
                    yield kind, f"/{kind.section}/{index}", entry.key, entry

    def sections(self) -> set[str]:
        """The names of the kinds whose section is given."""
        return {kind.name for kind in KINDS if getattr(self, kind.section) is not None}


def shown(entry: BaseModel) -> dict[str, Any]:
    """An entry as people write it: nothing that is not set."""
    found: dict[str, Any] = entry.model_dump(mode="json", exclude_none=True)
    return {name: value for name, value in found.items() if value not in ([], {})}


def export(entries: Entries) -> dict[str, Any]:
    """The whole document of ``entries``, entries of a section by key."""
    found: dict[str, Any] = {}
    for kind in KINDS:
        own = [shown(entries[i]) for i in sorted(entries) if i[0] == kind.name]
        if kind is not PROVIDER:
            found[kind.section] = own
        elif own:
            found[kind.section] = own[0]
    return found
