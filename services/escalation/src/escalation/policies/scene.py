"""What every event of one look has in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin_contracts.incident import IncidentSnapshot

from escalation.people.finding import Holders
from escalation.triggers.facts import Facts


class People(Holders, Protocol):
    """Who holds which role, and what clients are called."""

    def names(self, client_keys: Sequence[str]) -> list[str]: ...


@dataclass(frozen=True)
class Scene:
    snapshot: IncidentSnapshot
    facts: Facts
    people: People
    now: datetime
