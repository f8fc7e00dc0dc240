"""SQL of what readers settled themselves."""

from __future__ import annotations

from collections.abc import Sequence

from tocsin_runtime.database import Connection

from incident_api.directory.wishes import Wish


async def read(conn: Connection) -> list[Wish]:
    rows = await conn.fetch(
        "SELECT client_key, person, field, value, instead_of FROM reader_wishes"
        " ORDER BY client_key, person, field"
    )
    return [Wish(**dict(row)) for row in rows]


async def write(conn: Connection, before: Sequence[Wish], after: Sequence[Wish]) -> None:
    """Write what differs and delete what is gone."""
    places = {(one.client_key, one.person, one.field) for one in after}
    gone = {(one.client_key, one.person, one.field) for one in before} - places
    await conn.executemany(
        "DELETE FROM reader_wishes WHERE client_key = $1 AND person = $2 AND field = $3",
        sorted(gone),
    )
    await conn.executemany(
        "INSERT INTO reader_wishes (client_key, person, field, value, instead_of)"
        " VALUES ($1, $2, $3, $4, $5) ON CONFLICT (client_key, person, field)"
        " DO UPDATE SET (value, instead_of) = (EXCLUDED.value, EXCLUDED.instead_of)",
        [
            (one.client_key, one.person, one.field, one.value, one.instead_of)
            for one in after
            if one not in before
        ],
    )
