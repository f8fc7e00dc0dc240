"""Account teams told anew because somebody is away, is back, or is on duty otherwise."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import replace

from tocsin_contracts.model import Model
from tocsin_runtime.database import Connection, lock_subject

from incident_api.directory import presence_store, store
from incident_api.directory.apply import LOCK, DirectoryWriter, check_started
from incident_api.directory.changes import Changes, News
from incident_api.directory.document import TEAM, Entries, EntryId
from incident_api.directory.entries import TeamEntry
from incident_api.directory.presence import Presence
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.team_documents import context_of, team_document

Restaff = Callable[[Connection, Snapshot], Awaitable[None]]
"""Writes absences or duties; it is told the directory as it is."""


async def restaff(conn: Connection, writer: DirectoryWriter, change: Restaff, *, actor: str) -> int:
    """Carry out ``change`` in ``conn``'s transaction and tell of the teams that it touches.

    Under the directory's lock, as a revision of its own where anything differs. The revision in
    force afterwards.
    """
    await lock_subject(conn, LOCK)
    before = await store.read_snapshot(conn)
    check_started(before)
    await change(conn, before)
    documents = _teams(before.entries, await presence_store.read(conn))
    told = {i: found for i, found in documents.items() if found != before.documents.get(i)}
    if not told:
        return before.state.revision
    revision = before.state.revision + 1
    await store.write_state(conn, replace(before.state, revision=revision))
    await store.mark_told(conn, told, revision)
    await writer.note(conn, Changes(changed=tuple(sorted(told))), revision, actor)
    await writer.publish(conn, News(told, {}), revision)
    return revision


def _teams(entries: Entries, presence: Presence) -> dict[EntryId, Model]:
    context = context_of(entries, presence)
    return {
        (TEAM.name, entry.key): team_document(entry, context)
        for entry in entries.values()
        if isinstance(entry, TeamEntry)
    }
