"""A new incident stands alone, or becomes part of an open one that began with the same systems.

One incident at a time holds a root, which a unique index sees to: of two that are opened at once
the second is refused, and finds the first when it is tried again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.directory.view import DirectoryView
from incident_api.incidents import family_store, store
from incident_api.incidents.linking import open_as_part
from incident_api.incidents.opening import Draft, open_incident
from incident_api.incidents.recording import Recording
from incident_api.incidents.same_root import part_of, root_key


@dataclass(frozen=True)
class Opening:
    """What an incident is opened with, besides what is known of it."""

    view: DirectoryView
    incident_id: str
    ref: str
    actor: str
    now: datetime

    def alone(self, draft: Draft) -> Recording:
        return open_incident(
            draft,
            self.view,
            incident_id=self.incident_id,
            ref=self.ref,
            actor=self.actor,
            now=self.now,
        )

    def part_of(self, draft: Draft, root: Recording, reason: str) -> Recording:
        return open_as_part(
            draft,
            root,
            reason,
            self.view,
            incident_id=self.incident_id,
            ref=self.ref,
            actor=self.actor,
        )


async def open_or_join(conn: Connection, draft: Draft, opening: Opening) -> list[Recording]:
    """The opened one first, and the one it is part of."""
    view = opening.view
    key = root_key(view, draft.system_keys, drill=draft.drill)
    holder = None if key is None else await family_store.lock_holder(conn, key)
    reason = part_of(holder, draft.severity, view.provider.linking, opening.now)
    if holder is not None and reason is not None:
        clients = await store.read_audience(conn, holder.id)
        root = Recording(holder, clients, actor=opening.actor, now=opening.now)
        return [opening.part_of(draft, root, reason), root]
    if holder is not None:
        await family_store.release_roots(conn, [holder.id])
    opened = opening.alone(draft)
    opened.change(root_key=key)
    return [opened]
