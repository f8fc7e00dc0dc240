"""SQL for the copy of where each client's escalation stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import asyncpg
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.rows import as_rows


@dataclass(frozen=True)
class Escalation:
    """One client's account chain in one incident; ``reason`` is the newest thing said of it.

    ``id`` is the one it was first heard of with, whatever later events bring.
    ``person`` has it while ``state`` is ``taken``.
    """

    incident_id: str
    client_key: str
    state: str
    reason: str
    changed_at: datetime
    policy_key: str | None = None
    person: str | None = None
    person_name: str | None = None
    expires_at: datetime | None = None
    next_name: str | None = None
    next_at: datetime | None = None
    id: str = field(default_factory=uuid7)


COLUMNS = (
    "id, incident_id, client_key, state, reason, changed_at, policy_key, person, person_name,"
    " expires_at, next_name, next_at"
)

_NOTE = f"""
INSERT INTO escalations ({COLUMNS})
SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::escalations, $1::text::jsonb)
ON CONFLICT (incident_id, client_key) DO UPDATE SET
    (state, reason, changed_at, policy_key, person, person_name, expires_at, next_name, next_at) =
    (EXCLUDED.state, EXCLUDED.reason, EXCLUDED.changed_at,
     coalesce(EXCLUDED.policy_key, escalations.policy_key), EXCLUDED.person, EXCLUDED.person_name,
     EXCLUDED.expires_at, EXCLUDED.next_name, EXCLUDED.next_at)
WHERE escalations.changed_at <= EXCLUDED.changed_at
"""  # noqa: S608 — built from this file's own column names


async def note(conn: Connection, escalations: Sequence[Escalation]) -> None:
    """The newest state of each client; an older one never replaces it."""
    newest: dict[tuple[str, str], Escalation] = {}
    for one in escalations:
        before = newest.get((one.incident_id, one.client_key), one)
        newest[one.incident_id, one.client_key] = replace(
            one, policy_key=one.policy_key or before.policy_key
        )
    await conn.execute(_NOTE, as_rows(newest.values()))


async def of_incident(conn: Connection, incident_id: str) -> list[Escalation]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM escalations WHERE incident_id = $1 ORDER BY client_key",  # noqa: S608
        incident_id,
    )
    return [escalation_of(row) for row in rows]


async def of_ids(conn: Connection, ids: Sequence[str]) -> list[Escalation]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM escalations WHERE id = ANY($1) ORDER BY client_key",  # noqa: S608
        list(ids),
    )
    return [escalation_of(row) for row in rows]


def escalation_of(row: asyncpg.Record) -> Escalation:
    return Escalation(**dict(row))
