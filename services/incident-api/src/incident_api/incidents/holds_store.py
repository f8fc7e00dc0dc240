"""SQL for holds."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.incidents.holds import COLUMNS, Hold, HoldState
from incident_api.incidents.model import Incident

_COLUMNS = ", ".join(COLUMNS)
_PLACES = ", ".join(f"${number}" for number in range(1, len(COLUMNS) + 1))


async def insert(conn: Connection, hold: Hold) -> None:
    await conn.execute(
        f"INSERT INTO holds ({_COLUMNS}) VALUES ({_PLACES})",  # noqa: S608
        *(getattr(hold, name) for name in COLUMNS),
    )


async def find(conn: Connection, hold_id: str) -> Hold | None:
    row = await conn.fetchrow(f"SELECT {_COLUMNS} FROM holds WHERE id = $1", hold_id)  # noqa: S608
    return None if row is None else _hold(row)


async def lock(conn: Connection, hold_id: str) -> Hold:
    """Known to be there; its incident's row is held already."""
    row: Any = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM holds WHERE id = $1 FOR UPDATE",  # noqa: S608
        hold_id,
    )
    return _hold(row)


async def end(conn: Connection, hold: Hold) -> None:
    await conn.execute(
        "UPDATE holds SET state = $2, reason = $3, ended_at = $4 WHERE id = $1",
        hold.id,
        hold.state,
        hold.reason,
        hold.ended_at,
    )


async def held_until(conn: Connection, incident_id: str, act: str) -> datetime | None:
    """When the last one of this act that is held for the incident is done; ``None``: none is."""
    until: datetime | None = await conn.fetchval(
        "SELECT max(until) FROM holds WHERE incident_id = $1 AND act = $2 AND state = 'held'",
        incident_id,
        act,
    )
    return until


async def carry_over(conn: Connection, act: str, *, before: Incident, now: Incident) -> None:
    """What was held of this act upon ``before`` stays good upon the incident as it is ``now``.

    Whom it would tell is still compared when it is done.
    """
    await conn.execute(
        "UPDATE holds SET sequence = $3, audience_version = $4"
        " WHERE incident_id = $1 AND act = $2 AND state = 'held'"
        " AND (sequence, audience_version) = ($5, $6)",
        now.id,
        act,
        now.sequence,
        now.audience_version,
        before.sequence,
        before.audience_version,
    )


async def newest_first(
    conn: Connection, states: Sequence[HoldState], *, after: str | None, limit: int
) -> list[Hold]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM holds"  # noqa: S608
        " WHERE state = ANY($1) AND ($2::text IS NULL OR id < $2) ORDER BY id DESC LIMIT $3",
        list(states),
        after,
        limit,
    )
    return [_hold(row) for row in rows]


async def oldest_drafts(conn: Connection, limit: int) -> list[Hold]:
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM holds WHERE state = 'dropped' ORDER BY id LIMIT $1",  # noqa: S608
        limit,
    )
    return [_hold(row) for row in rows]


def _hold(row: asyncpg.Record) -> Hold:
    values = dict(row)
    return Hold(**values | {"state": HoldState(values["state"])})
