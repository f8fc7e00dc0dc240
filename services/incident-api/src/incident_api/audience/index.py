"""What is worked out once for each revision of the directory, instead of for each incident."""

from __future__ import annotations

from collections import defaultdict
from functools import lru_cache

from incident_api.audience.blast_radius import BlastRadius, blast_radius, dependents_of
from incident_api.directory.view import DirectoryView

MOST_RADII = 64
"""The same few systems fail again and again; whatever else is asked for is worked out anew."""


class Index:
    """``users`` maps a system to its clients; ``position`` orders clients as the directory does."""

    def __init__(self, view: DirectoryView) -> None:
        self._systems = view.systems
        self._dependents = dependents_of(view.systems)
        self._radii: dict[tuple[str, ...], BlastRadius] = {}
        self.position = {key: place for place, key in enumerate(view.clients)}
        self.users: dict[str, list[str]] = defaultdict(list)
        for client in view.clients.values():
            for use in client.systems:
                self.users[use.key].append(client.key)

    def radius(self, failed: tuple[str, ...]) -> BlastRadius:
        found = self._radii.get(failed)
        if found is None:
            found = blast_radius(self._systems, self._dependents, failed)
            if len(self._radii) >= MOST_RADII:
                self._radii.clear()
            self._radii[failed] = found
        return found


@lru_cache(maxsize=2)
def index_of(view: DirectoryView) -> Index:
    return Index(view)
