"""SQL for keys."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.auth.actor import Scope

USE_IS_NOTED_EVERY = timedelta(minutes=1)
BOOTSTRAP_ID = "bootstrap"


@dataclass(frozen=True)
class Key:
    """A key without its secret. ``revoked_at`` keys stay in the table for the audit."""

    id: str
    name: str
    prefix: str
    scopes: frozenset[Scope]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None

    def expired(self, now: datetime) -> bool:
        return self.expires_at is not None and self.expires_at <= now

    def use_is_noted(self, now: datetime) -> bool:
        return self.last_used_at is not None and now - self.last_used_at < USE_IS_NOTED_EVERY


class NameTaken(Exception):
    """An unrevoked key has this name already."""


_COLUMNS = "id, name, prefix, scopes, created_at, created_by, expires_at, last_used_at"


def _key(row: asyncpg.Record) -> Key:
    values = dict(row)
    return Key(**{**values, "scopes": frozenset(Scope(scope) for scope in values["scopes"])})


async def find_by_digest(conn: Connection, digest: bytes) -> Key | None:
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM api_keys WHERE digest = $1 AND revoked_at IS NULL",  # noqa: S608
        digest,
    )
    return None if row is None else _key(row)


async def find_by_id(conn: Connection, key_id: str) -> Key | None:
    """Unless it was revoked."""
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM api_keys WHERE id = $1 AND revoked_at IS NULL",  # noqa: S608
        key_id,
    )
    return None if row is None else _key(row)


async def note_use(conn: Connection, key_id: str, now: datetime) -> None:
    """Repeats the age test, so that of many requests at once one writes."""
    await conn.execute(
        "UPDATE api_keys SET last_used_at = $2"
        " WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $3)",
        key_id,
        now,
        now - USE_IS_NOTED_EVERY,
    )


async def insert(conn: Connection, key: Key, digest: bytes) -> None:
    """Raise :class:`NameTaken` where an unrevoked key has the name."""
    try:
        async with conn.transaction():
            await conn.execute(
                f"INSERT INTO api_keys ({_COLUMNS}, digest)"  # noqa: S608
                " VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
                key.id,
                key.name,
                key.prefix,
                _names(key.scopes),
                key.created_at,
                key.created_by,
                key.expires_at,
                key.last_used_at,
                digest,
            )
    except asyncpg.UniqueViolationError as error:
        raise NameTaken(key.name) from error


async def set_bootstrap(conn: Connection, prefix: str, digest: bytes, now: datetime) -> None:
    """Create the key of the environment, or give it its new secret."""
    await conn.execute(
        "INSERT INTO api_keys (id, name, prefix, scopes, created_at, created_by, digest)"
        " VALUES ($1, $1, $2, $3, $4, 'system:start', $5)"
        " ON CONFLICT (id) DO UPDATE SET prefix = $2, digest = $5, revoked_at = NULL",
        BOOTSTRAP_ID,
        prefix,
        _names({Scope.ADMIN}),
        now,
        digest,
    )


async def newest_first(conn: Connection, *, after: str | None, limit: int) -> list[Key]:
    """``after`` is the id of the last key of the page before: ids are made in order of time."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM api_keys WHERE revoked_at IS NULL"  # noqa: S608
        " AND ($1::text IS NULL OR id < $1) ORDER BY id DESC LIMIT $2",
        after,
        limit,
    )
    return [_key(row) for row in rows]


async def revoke(conn: Connection, key_id: str, now: datetime) -> bool:
    """Whether there was such a key."""
    status = await conn.execute(
        "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL", key_id, now
    )
    return status == "UPDATE 1"


def _names(scopes: Iterable[Scope]) -> list[str]:
    return sorted(scope.value for scope in scopes)
