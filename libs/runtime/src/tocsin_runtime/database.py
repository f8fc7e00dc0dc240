"""PostgreSQL as every service uses it: one pool, transactions with what follows their commit."""

from __future__ import annotations

import asyncio
import json
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, TypeAlias

import asyncpg
from asyncpg.pool import PoolConnectionProxy

Connection: TypeAlias = "asyncpg.Connection[Any] | PoolConnectionProxy[Any]"

SERVER_SETTINGS = {
    "timezone": "UTC",
    # A forgotten transaction must not hold locks for ever, nor a statement a whole service.
    "idle_in_transaction_session_timeout": "30s",
    "statement_timeout": "30s",
    "lock_timeout": "15s",
    "tcp_keepalives_idle": "30",
}
AWAY = (
    OSError,
    asyncio.TimeoutError,
    asyncpg.InterfaceError,
    # What asyncpg says when a session is cut between two replies; see connection().
    asyncpg.InternalClientError,
    asyncpg.PostgresConnectionError,
    asyncpg.CannotConnectNowError,
    asyncpg.AdminShutdownError,
    asyncpg.CrashShutdownError,
    asyncpg.TooManyConnectionsError,
)

NOT_ACCEPTING_CONNECTIONS = "55000"
"""Closed for a restore or an upgrade; its kin (a lock not got in time) mean something else."""


# Another transaction was in the way, or a statement took too long: the next try may well succeed.
TRANSIENT = (
    asyncpg.DeadlockDetectedError,
    asyncpg.SerializationError,
    asyncpg.LockNotAvailableError,
    asyncpg.QueryCanceledError,
)


def waiting_helps(error: BaseException) -> bool:
    """Whether the same work may succeed a moment later, with nothing about it changed."""
    return database_is_away(error) or isinstance(error, TRANSIENT)


def database_is_away(error: BaseException) -> bool:
    """Whether waiting helps: the server or the way to it is gone, not the statement wrong."""
    if isinstance(error, asyncpg.ObjectNotInPrerequisiteStateError):
        return error.sqlstate == NOT_ACCEPTING_CONNECTIONS
    return isinstance(error, AWAY) and not isinstance(error, asyncpg.DataError)


class Database:
    """A pool, and the callbacks that wait for a commit."""

    def __init__(self, pool: asyncpg.Pool[Any]) -> None:
        self.pool = pool
        self._after_commit: dict[int, list[Callable[[], None]]] = {}
        self._after_every_commit: list[Callable[[], None]] = []

    @classmethod
    async def open(cls, dsn: str, *, max_size: int = 10) -> Database:
        """A pool for ``dsn``; connections are made when first needed, so a server may be away."""
        pool = await asyncpg.create_pool(
            dsn,
            min_size=0,
            max_size=max_size,
            init=_register_codecs,
            reset=_leave_as_it_is,
            server_settings=SERVER_SETTINGS,
            command_timeout=30,
            timeout=10,
        )
        return cls(pool)

    async def close(self) -> None:
        """Close in good order, and by force where a connection does not let go."""
        try:
            async with asyncio.timeout(5):
                await self.pool.close()
        except TimeoutError:
            self.pool.terminate()

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Connection]:
        """A connection outside any transaction; one that lost its protocol state is not reused."""
        async with self.pool.acquire(timeout=10) as conn:
            try:
                yield conn
            except asyncpg.InternalClientError:
                conn.terminate()
                raise

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[Connection]:
        """One transaction; its ``after_commit`` callbacks run once it is committed."""
        async with self.connection() as conn:
            try:
                async with conn.transaction():
                    yield conn
            except BaseException:
                self._after_commit.pop(id(conn), None)
                raise
            for callback in (*self._after_commit.pop(id(conn), ()), *self._after_every_commit):
                callback()

    def after_every_commit(self, callback: Callable[[], None]) -> None:
        """Call ``callback`` (cheap, must not raise) whenever a transaction has committed."""
        self._after_every_commit.append(callback)

    def after_commit(self, conn: Connection, callback: Callable[[], None]) -> None:
        """Call ``callback`` (cheap, must not raise) when ``conn``'s transaction has committed."""
        waiting = self._after_commit.setdefault(id(conn), [])
        if callback not in waiting:
            waiting.append(callback)


async def _register_codecs(conn: Connection) -> None:
    for name in ("json", "jsonb"):
        await conn.set_type_codec(name, encoder=json.dumps, decoder=json.loads, schema="pg_catalog")


async def _leave_as_it_is(_: Connection) -> None:
    """Instead of asyncpg's reset, a round trip after every transaction.

    Nothing here changes a session, and the two that lock or listen undo it themselves.
    """


def subject_number(subject: str) -> int:
    """A stable signed 64-bit number for an advisory lock on ``subject``."""
    high, low = zlib.crc32(subject.encode()), zlib.adler32(subject.encode())
    value = (high << 32) | low
    return value - (1 << 64) if value >= 1 << 63 else value


async def lock_subject(conn: Connection, subject: str) -> None:
    """Hold ``subject`` until the transaction ends.

    Whoever changes one subject's state takes this first: consumers wait for it, timers only try,
    so the two cannot deadlock.
    """
    await conn.execute("SELECT pg_advisory_xact_lock($1)", subject_number(subject))


async def lock_subjects(conn: Connection, subjects: set[str]) -> None:
    """Hold several subjects, taken in one order so that two batches cannot deadlock."""
    numbers = sorted(subject_number(subject) for subject in subjects)
    await conn.execute(
        "SELECT pg_advisory_xact_lock(number) FROM unnest($1::bigint[]) AS number", numbers
    )
