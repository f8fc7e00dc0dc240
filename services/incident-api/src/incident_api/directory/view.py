"""The directory as decisions read it: one consistent revision, built-in defaults merged."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from tocsin_contracts.directory import Client, CommunicationPlan, Provider, System
from tocsin_contracts.policies import EscalationPolicy
from tocsin_contracts.staff import AccountTeam


@dataclass(frozen=True, eq=False)
class DirectoryView:
    """One revision of the whole directory, addresses left out. The same object is the same view.

    ``plans`` and ``policies`` always hold ``"default"``. ``revisions`` maps (kind, key), such as
    ("client", "acme"), to the revision in which that entry last changed; the kinds are
    ``provider``, ``system``, ``client``, ``team``, ``plan``, ``policy`` and ``template``. A
    client's revision counts its contacts and their addresses, a team's its members and theirs.
    """

    revision: int
    provider: Provider
    systems: Mapping[str, System]
    clients: Mapping[str, Client]
    teams: Mapping[str, AccountTeam]
    plans: Mapping[str, CommunicationPlan]
    policies: Mapping[str, EscalationPolicy]
    revisions: Mapping[tuple[str, str], int]
