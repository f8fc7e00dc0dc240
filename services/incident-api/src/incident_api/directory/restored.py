"""After a restore from a backup: the directory is published anew, under numbers nobody has seen.

Consumers keep what has the higher revision, so a restored database that counted on from its own
would not be heard. Each epoch therefore has a range of revisions of its own.
"""

from __future__ import annotations

from dataclasses import replace

from tocsin_runtime.database import Connection, lock_subject

from incident_api.directory import presence_store, store
from incident_api.directory.apply import LOCK, DirectoryWriter
from incident_api.directory.changes import News
from incident_api.directory.publishing import published

REVISIONS_AN_EPOCH = 1_000_000_000


def first_revision(epoch: int) -> int:
    """The lowest revision of ``epoch``, which counts from 1."""
    return (epoch - 1) * REVISIONS_AN_EPOCH + 1


async def republish_restored(conn: Connection, writer: DirectoryWriter, epoch: int) -> bool:
    """Whether ``epoch`` was raised and so everything was published; safe at every start."""
    await lock_subject(conn, LOCK)
    state = await store.read_state(conn)
    revision = first_revision(epoch)
    if state is None or state.revision >= revision:
        return False
    entries = (await store.read_snapshot(conn)).entries
    presence = await presence_store.read(conn)
    everything = published(entries, await store.read_secrets(conn), presence)
    await store.renumber(conn, revision)
    renumbered = replace(
        state, revision=revision, defaults_revision=revision, written_revision=revision
    )
    await store.write_state(conn, renumbered)
    told = everything.documents
    await writer.note_versions(conn, told, entries, revision, "system:restore")
    await writer.publish(conn, News(everything.documents, everything.people), revision)
    return True
