"""What the directory said when a decision was made. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tocsin_contracts.directory import CommunicationPlan
from tocsin_contracts.policies import EscalationPolicy

DEFAULT_POLICY = "default"


@dataclass(frozen=True)
class Policy:
    """A policy as it stood at the directory's ``revision``, in which it was last changed."""

    document: EscalationPolicy
    revision: int


@dataclass(frozen=True)
class Directory:
    """The part of the local copy that one incident's clients name; all of ``revision`` is in it."""

    revision: int = 0
    policies: Mapping[str, Policy] = field(default_factory=dict)
    plans: Mapping[str, CommunicationPlan] = field(default_factory=dict)

    def policy(self, key: str | None) -> Policy | None:
        """The policy of that key, else the provider's default."""
        return self.policies.get(key or DEFAULT_POLICY) or self.policies.get(DEFAULT_POLICY)
