"""SQL of destinations that clients added themselves."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Connection

from incident_api.channels.model import AddedDestination
from incident_api.rows import as_rows

_COLUMNS = ", ".join(field.name for field in fields(AddedDestination))
_ADD = f"""
INSERT INTO added_destinations ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::added_destinations, $1::text::jsonb)
"""  # noqa: S608 — built from the model's own names


async def add(conn: Connection, destination: AddedDestination) -> None:
    await conn.execute(_ADD, as_rows([destination]))


async def lock(conn: Connection, destination_id: str) -> AddedDestination | None:
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM added_destinations WHERE id = $1 FOR UPDATE",  # noqa: S608
        destination_id,
    )
    return None if row is None else AddedDestination(**dict(row))


async def newest_first(
    conn: Connection, client_key: str, person: str, *, after: str | None, limit: int
) -> list[AddedDestination]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM added_destinations"  # noqa: S608
        " WHERE client_key = $1 AND person = $2 AND ($3::text IS NULL OR id < $3)"
        " ORDER BY id DESC LIMIT $4",
        client_key,
        person,
        after,
        limit,
    )
    return [AddedDestination(**dict(row)) for row in rows]


async def waiting(conn: Connection, client_key: str, person: str, now: datetime) -> list[datetime]:
    """When each that waits for its confirmation expires."""
    rows = await conn.fetch(
        "SELECT expires_at FROM added_destinations"
        " WHERE client_key = $1 AND person = $2 AND confirmed_at IS NULL AND expires_at > $3",
        client_key,
        person,
        now,
    )
    return [row["expires_at"] for row in rows]


async def confirm(conn: Connection, destination_id: str, now: datetime) -> None:
    await conn.execute(
        "UPDATE added_destinations SET confirmed_at = $2 WHERE id = $1", destination_id, now
    )


async def forget(conn: Connection, client_key: str, person: str) -> None:
    await conn.execute(
        "DELETE FROM added_destinations WHERE client_key = $1 AND person = $2", client_key, person
    )


class ForgetExpired:
    """For housekeeping: an address that nobody confirmed is not kept."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    async def __call__(self, conn: Connection) -> None:
        await conn.execute(
            "UPDATE added_destinations SET address = NULL"
            " WHERE address IS NOT NULL AND confirmed_at IS NULL AND expires_at <= $1",
            self._clock.now(),
        )
