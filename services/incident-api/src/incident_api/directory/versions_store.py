"""SQL for the versions of escalation policies: what runs keeps the one it began with."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection

from incident_api.directory.document import POLICY, Entries, EntryId, shown


@dataclass(frozen=True)
class Version:
    """``revision`` is the directory's in which it came into force; ``document`` ``None``: it was
    removed."""

    revision: int
    at: datetime
    actor: str
    document: dict[str, Any] | None


async def note(
    conn: Connection,
    told: Iterable[EntryId],
    entries: Entries,
    *,
    revision: int,
    actor: str,
    now: datetime,
) -> None:
    """Of ``told``, which the other services hear of with ``revision``, those that are policies."""
    await conn.executemany(
        "INSERT INTO policy_versions (key, revision, at, actor, document)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (key, revision) DO NOTHING",
        [
            (i[1], revision, now, actor, shown(entries[i]) if i in entries else None)
            for i in told
            if i[0] == POLICY.name
        ],
    )


async def of_policy(conn: Connection, key: str, *, before: int | None, limit: int) -> list[Version]:
    """Newest first, of those older than ``before``."""
    rows = await conn.fetch(
        "SELECT revision, at, actor, document FROM policy_versions"
        " WHERE key = $1 AND ($2::bigint IS NULL OR revision < $2) ORDER BY revision DESC LIMIT $3",
        key,
        before,
        limit,
    )
    return [Version(**dict(row)) for row in rows]
