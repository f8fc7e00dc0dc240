"""Which systems a failure reaches: everything that depends on what failed, however far away."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import TypeAlias

from tocsin_contracts.directory import System

Dependents: TypeAlias = Mapping[str, list[str]]
"""By system: what needs it."""


@dataclass(frozen=True)
class BlastRadius:
    """``failed_beneath`` maps each affected system to the failed ones it rests on, itself included.

    ``toward`` maps it to the next system on the shortest way down to a failed one; a failed system
    has no entry there.
    """

    failed_beneath: Mapping[str, frozenset[str]]
    toward: Mapping[str, str]

    def __contains__(self, system_key: str) -> bool:
        return system_key in self.failed_beneath

    def path(self, system_key: str) -> list[str]:
        """From ``system_key`` down to the nearest failed system, both included."""
        path = [system_key]
        while path[-1] in self.toward:
            path.append(self.toward[path[-1]])
        return path


def blast_radius(
    systems: Mapping[str, System], dependents: Dependents, failed: Iterable[str]
) -> BlastRadius:
    """``failed`` keys that are not in ``systems`` are left out. The graph has no cycle."""
    roots = [key for key in dict.fromkeys(failed) if key in systems]
    toward, affected = _walk_up(dependents, roots)
    return BlastRadius(_failed_beneath(systems, affected, set(roots)), toward)


def dependents_of(systems: Mapping[str, System]) -> Dependents:
    found: dict[str, list[str]] = defaultdict(list)
    for system in systems.values():
        for needed in system.depends_on:
            found[needed].append(system.key)
    return dict(found)


def _walk_up(dependents: Dependents, roots: list[str]) -> tuple[dict[str, str], list[str]]:
    """Breadth first from all roots at once, so each system finds its nearest one."""
    toward: dict[str, str] = {}
    affected = list(roots)
    seen = set(roots)
    queue = deque(roots)
    while queue:
        current = queue.popleft()
        for dependent in dependents.get(current, ()):
            if dependent not in seen:
                seen.add(dependent)
                toward[dependent] = current
                affected.append(dependent)
                queue.append(dependent)
    return toward, affected


def _failed_beneath(
    systems: Mapping[str, System], affected: list[str], roots: set[str]
) -> dict[str, frozenset[str]]:
    inside = set(affected)
    needs = {key: [d for d in systems[key].depends_on if d in inside] for key in affected}
    found: dict[str, frozenset[str]] = {}
    for key in TopologicalSorter(needs).static_order():
        own = frozenset({key}) if key in roots else frozenset[str]()
        found[key] = own.union(*(found[needed] for needed in needs[key]))
    return found
