"""SQL for the directory; its newest revision is kept in memory until there is a newer one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, cast

from tocsin_contracts.words import Channel
from tocsin_runtime.database import Connection

from incident_api.directory import presence_store
from incident_api.directory.document import KIND_OF_NAME, TEAM, EntryId, shown
from incident_api.directory.entries import Entry
from incident_api.directory.fields import STORED
from incident_api.directory.presence import NOBODY_AWAY
from incident_api.directory.secrets import Secret, SecretPlace, Secrets
from incident_api.directory.snapshot import NOT_STARTED, Revision, Snapshot, State
from incident_api.directory.view import DirectoryView


async def read_state(conn: Connection) -> State | None:
    """``None`` before the first start has published the built-in entries."""
    row = await conn.fetchrow(
        "SELECT revision, comparison_key, defaults_digest, defaults_revision, written_revision"
        " FROM directory_state"
    )
    return None if row is None else State(**dict(row))


async def write_state(conn: Connection, state: State) -> None:
    await conn.execute(
        "INSERT INTO directory_state"
        " (revision, comparison_key, defaults_digest, defaults_revision, written_revision)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (one) DO UPDATE"
        " SET (revision, comparison_key, defaults_digest, defaults_revision, written_revision)"
        " = ($1, $2, $3, $4, $5)",
        state.revision,
        state.comparison_key,
        state.defaults_digest,
        state.defaults_revision,
        state.written_revision,
    )


async def read_revisions(conn: Connection) -> dict[EntryId, Revision]:
    rows = await conn.fetch("SELECT kind, key, revision, created_revision FROM directory_entries")
    return {
        (row["kind"], row["key"]): Revision(row["revision"], row["created_revision"])
        for row in rows
    }


async def read_entries(conn: Connection, *, told_after: int) -> dict[EntryId, Entry]:
    rows = await conn.fetch(
        "SELECT kind, key, document FROM directory_entries WHERE told_revision > $1", told_after
    )
    return {(row["kind"], row["key"]): _entry(row["kind"], row["document"]) for row in rows}


def _entry(kind: str, document: Any) -> Entry:
    entry: Any = KIND_OF_NAME[kind].model.model_validate(document, context=STORED)
    return cast(Entry, entry)


async def write_entries(conn: Connection, entries: Mapping[EntryId, Entry], revision: int) -> None:
    await conn.executemany(
        "INSERT INTO directory_entries"
        " (kind, key, revision, told_revision, created_revision, document)"
        " VALUES ($1, $2, $3, $3, $3, $4)"
        " ON CONFLICT (kind, key) DO UPDATE"
        " SET (revision, told_revision, document) = ($3, $3, $4)",
        [(kind, key, revision, shown(entry)) for (kind, key), entry in entries.items()],
    )


async def mark_told(conn: Connection, ids: Iterable[EntryId], revision: int) -> None:
    """Entries that nobody wrote anew, but that mean something else now."""
    await conn.executemany(
        "UPDATE directory_entries SET told_revision = $3 WHERE kind = $1 AND key = $2",
        [(*entry_id, revision) for entry_id in ids],
    )


async def renumber(conn: Connection, revision: int) -> None:
    """Every entry counts as written in ``revision``."""
    await conn.execute("UPDATE directory_entries SET revision = $1, told_revision = $1", revision)


async def delete_entries(conn: Connection, ids: Iterable[EntryId]) -> None:
    await conn.executemany("DELETE FROM directory_entries WHERE kind = $1 AND key = $2", list(ids))


async def read_secrets(conn: Connection) -> dict[SecretPlace, Secret]:
    rows = await conn.fetch(
        "SELECT client_key, person, channel, sealed, digest FROM directory_secrets"
    )
    return {
        SecretPlace((row["client_key"], row["person"]), Channel(row["channel"])): Secret(
            row["sealed"], row["digest"]
        )
        for row in rows
    }


async def write_secrets(conn: Connection, before: Secrets, after: Secrets) -> None:
    """Write what differs and delete what is gone."""
    await conn.executemany(
        "INSERT INTO directory_secrets (client_key, person, channel, sealed, digest)"
        " VALUES ($1, $2, $3, $4, $5)"
        " ON CONFLICT (client_key, person, channel) DO UPDATE SET sealed = $4, digest = $5",
        [
            (*place.person, place.channel.value, secret.sealed, secret.digest)
            for place, secret in after.items()
            if before.get(place) != secret
        ],
    )
    await conn.executemany(
        "DELETE FROM directory_secrets WHERE client_key = $1 AND person = $2 AND channel = $3",
        [(*place.person, place.channel.value) for place in before if place not in after],
    )


async def note_revision(
    conn: Connection, revision: int, *, actor: str, changes: Any, now: datetime
) -> None:
    await conn.execute(
        "INSERT INTO directory_revisions (revision, at, actor, changes) VALUES ($1, $2, $3, $4)",
        revision,
        now,
        actor,
        changes,
    )


MOST_DATABASES = 4
_newest: dict[bytes, Snapshot] = {}
"""By the database's comparison key, which tells one database from another."""


async def read_view(conn: Connection) -> DirectoryView:
    """The directory as decisions read it; costs one small statement while nothing changed."""
    return (await read_snapshot(conn)).view


async def read_snapshot(conn: Connection) -> Snapshot:
    """Not after a write in the same transaction: a revision that is rolled back would be kept."""
    return await snapshot_at(conn, await read_state(conn))


async def snapshot_at(conn: Connection, state: State | None) -> Snapshot:
    """For whoever has read the state along with something else."""
    if state is None:
        return NOT_STARTED
    cached = _newest.get(state.comparison_key)
    if cached is not None and cached.state == state:
        return cached
    return _remember(await _read_fresh(conn, state, cached))


async def _read_fresh(conn: Connection, state: State, cached: Snapshot | None) -> Snapshot:
    """Read again where a revision came in between: the parts must be of one revision."""
    older = cached is not None and cached.state.revision < state.revision
    base = cached if cached is not None and older else NOT_STARTED
    while True:
        revisions = await read_revisions(conn)
        fresh = await read_entries(conn, told_after=base.state.revision)
        presence = await presence_store.read(conn) if _with_teams(fresh) else NOBODY_AWAY
        after = await read_state(conn)
        if after == state:
            return base.following(state, revisions, fresh, presence)
        if after is None:
            return NOT_STARTED
        state = after


def _with_teams(entries: Iterable[EntryId]) -> bool:
    return any(kind == TEAM.name for kind, _ in entries)


def _remember(snapshot: Snapshot) -> Snapshot:
    """Never replaces a newer one: an old transaction may read late."""
    key = snapshot.state.comparison_key
    kept = _newest.get(key)
    if kept is None or kept.state.revision <= snapshot.state.revision:
        _newest[key] = snapshot
    while len(_newest) > MOST_DATABASES:
        del _newest[next(iter(_newest))]
    return snapshot
