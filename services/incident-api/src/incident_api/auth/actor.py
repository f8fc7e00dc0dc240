"""Who does something: a key and what it may do."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Scope(StrEnum):
    """What a key may do. Scopes are a set; ``admin`` includes all, ``operate`` includes read."""

    INGEST = "ingest"
    """Send alerts in, and nothing else."""
    READ = "read"
    """Read everything except keys."""
    OPERATE = "operate"
    """Run incidents, and read."""
    ADMIN = "admin"
    """Everything, the directory and keys included."""


_INCLUDES = {
    Scope.INGEST: frozenset({Scope.INGEST}),
    Scope.READ: frozenset({Scope.READ}),
    Scope.OPERATE: frozenset({Scope.OPERATE, Scope.READ}),
    Scope.ADMIN: frozenset(Scope),
}


@dataclass(frozen=True)
class Actor:
    """The key behind a request; ``label`` is what timelines and events record."""

    name: str
    key_id: str
    scopes: frozenset[Scope]

    @property
    def label(self) -> str:
        return f"key:{self.name}"

    def may(self, scope: Scope) -> bool:
        return any(scope in _INCLUDES[held] for held in self.scopes)
