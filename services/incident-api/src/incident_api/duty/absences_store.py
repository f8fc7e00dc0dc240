"""SQL of absences."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

KEPT_FOR = timedelta(days=90)
_COLUMNS = "id, version, person, starts_at, ends_at, stand_in, reason, created_at, created_by"


@dataclass(frozen=True)
class StoredAbsence:
    """From ``starts_at`` until before ``ends_at``; ``version`` counts its changes."""

    id: str
    person: str
    starts_at: datetime
    ends_at: datetime
    stand_in: str | None
    reason: str | None
    created_at: datetime
    created_by: str
    version: int = 1


async def find(conn: Connection, absence_id: str) -> StoredAbsence | None:
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM absences WHERE id = $1", absence_id)  # noqa: S608
    return None if row is None else StoredAbsence(**dict(row))


async def newest_first(
    conn: Connection,
    *,
    people: list[str] | None,
    at: datetime | None,
    after: str | None,
    limit: int,
) -> list[StoredAbsence]:
    """Of ``people``, and those that cover ``at``; ``None``: all."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM absences"  # noqa: S608
        " WHERE ($1::text[] IS NULL OR person = ANY($1))"
        " AND ($2::timestamptz IS NULL OR (starts_at <= $2 AND ends_at > $2))"
        " AND ($3::text IS NULL OR id < $3) ORDER BY id DESC LIMIT $4",
        people,
        at,
        after,
        limit,
    )
    return [StoredAbsence(**dict(row)) for row in rows]


async def overlapping(conn: Connection, absence: StoredAbsence) -> StoredAbsence | None:
    """Another one of the same person in the same time."""
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM absences"  # noqa: S608
        " WHERE person = $1 AND starts_at < $3 AND ends_at > $2 AND id <> $4"
        " ORDER BY starts_at LIMIT 1",
        absence.person,
        absence.starts_at,
        absence.ends_at,
        absence.id,
    )
    return None if row is None else StoredAbsence(**dict(row))


async def write(conn: Connection, one: StoredAbsence) -> None:
    await conn.execute(
        f"INSERT INTO absences ({_COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)"  # noqa: S608
        " ON CONFLICT (id) DO UPDATE SET (version, starts_at, ends_at, stand_in, reason)"
        " = ($2, $4, $5, $6, $7)",
        one.id,
        one.version,
        one.person,
        one.starts_at,
        one.ends_at,
        one.stand_in,
        one.reason,
        one.created_at,
        one.created_by,
    )


async def delete(conn: Connection, absence_id: str) -> bool:
    gone = await conn.fetch("DELETE FROM absences WHERE id = $1 RETURNING 1", absence_id)
    return bool(gone)


def forget_ended(clock: Clock) -> Callable[[Connection], Awaitable[object]]:
    """For housekeeping: what is long over, with its reason, goes."""

    async def forget(conn: Connection) -> None:
        await conn.execute("DELETE FROM absences WHERE ends_at < $1", clock.now() - KEPT_FOR)

    return forget
