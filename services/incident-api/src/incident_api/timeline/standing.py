"""Where one client's escalation stands in one incident."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.policies import ChainKind
from tocsin_runtime.ids import uuid7

CONFIRMED = "confirmed"
"""Of a client's own chain, beside the states that both have: somebody there has confirmed."""

Key = tuple[str, str, str]
"""(incident's id, client's key, chain)."""


@dataclass(frozen=True)
class Escalation:
    """One client's chain in one incident; ``reason`` is the newest thing said of it.

    ``chain`` is ``account`` (our own people) or ``client`` (the client's). ``id`` is the one it
    was first heard of with, whatever later events bring. ``person`` has it while ``state`` is
    ``taken``, or has ``confirmed``. ``policy_revision`` is the version of the policy that it keeps.
    From step ``held_from`` on (they count from 0) nobody is called: an operator took it back.
    """

    incident_id: str
    client_key: str
    chain: str
    state: str
    reason: str
    changed_at: datetime
    policy_key: str | None = None
    policy_revision: int | None = None
    person: str | None = None
    person_name: str | None = None
    expires_at: datetime | None = None
    next_name: str | None = None
    next_at: datetime | None = None
    paused: bool = False
    paused_until: datetime | None = None
    held_from: int | None = None
    id: str = field(default_factory=uuid7)

    @property
    def key(self) -> Key:
        return self.incident_id, self.client_key, self.chain

    @property
    def of_client(self) -> bool:
        return self.chain == ChainKind.CLIENT
