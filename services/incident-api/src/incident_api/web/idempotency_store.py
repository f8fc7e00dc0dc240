"""SQL for stored answers. ``entry`` is the SHA-256 of owner, address and Idempotency-Key."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from tocsin_runtime.database import Connection


@dataclass(frozen=True)
class Stored:
    fingerprint: bytes
    answer: bytes


async def try_lock(conn: Connection, entry: bytes) -> bool:
    """Hold ``entry`` until the transaction ends; ``False`` where another request holds it."""
    number = int.from_bytes(entry[:8], signed=True)
    return bool(await conn.fetchval("SELECT pg_try_advisory_xact_lock($1)", number))


async def find(conn: Connection, entry: bytes, *, since: datetime) -> Stored | None:
    row = await conn.fetchrow(
        "SELECT fingerprint, answer FROM idempotency WHERE entry = $1 AND stored_at > $2",
        entry,
        since,
    )
    return None if row is None else Stored(row["fingerprint"], row["answer"])


async def put(conn: Connection, entry: bytes, stored: Stored, now: datetime) -> None:
    """An entry that has outlived its day is replaced."""
    await conn.execute(
        "INSERT INTO idempotency (entry, fingerprint, answer, stored_at) VALUES ($1, $2, $3, $4)"
        " ON CONFLICT (entry) DO UPDATE SET fingerprint = $2, answer = $3, stored_at = $4",
        entry,
        stored.fingerprint,
        stored.answer,
        now,
    )


async def delete_older(conn: Connection, before: datetime) -> None:
    await conn.execute("DELETE FROM idempotency WHERE stored_at <= $1", before)
