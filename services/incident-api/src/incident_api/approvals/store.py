"""SQL of approvals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

import asyncpg
from tocsin_runtime.database import Connection

from incident_api.approvals.model import Approval, ApprovalStatus
from incident_api.rows import as_rows

COLUMNS = ", ".join(field.name for field in fields(Approval))
_FIND = f"""
SELECT {COLUMNS} FROM approvals
WHERE ($1::text IS NULL OR incident_id = $1)
  AND ($2::text[] = '{{}}' OR status = ANY($2))
  AND ($3::text IS NULL OR id < $3)
ORDER BY id DESC LIMIT $4
"""  # noqa: S608 — built from the model's own names
_NOTE = f"""
INSERT INTO approvals ({COLUMNS})
SELECT {COLUMNS} FROM jsonb_populate_recordset(NULL::approvals, $1::text::jsonb)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 — built from the model's own names
_CHANGE = """
UPDATE approvals SET status = $2, decided_by = $3, decided_at = $4, reason = $5, outcome = $6,
    sent = $7, ended_at = $8
WHERE id = $1
"""


async def note(conn: Connection, approvals: Sequence[Approval]) -> None:
    """New ones; one that is known stays as it is."""
    await conn.execute(_NOTE, as_rows(approvals))


async def find(conn: Connection, approval_id: str) -> Approval | None:
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM approvals WHERE id = $1",  # noqa: S608
        approval_id,
    )
    return None if row is None else _approval(row)


async def lock(conn: Connection, approval_id: str) -> Approval | None:
    """Until the transaction ends: two people may answer at once."""
    row = await conn.fetchrow(
        f"SELECT {COLUMNS} FROM approvals WHERE id = $1 FOR UPDATE",  # noqa: S608
        approval_id,
    )
    return None if row is None else _approval(row)


async def change(conn: Connection, approval: Approval) -> None:
    await conn.execute(
        _CHANGE,
        approval.id,
        approval.status,
        approval.decided_by,
        approval.decided_at,
        approval.reason,
        approval.outcome,
        approval.sent,
        approval.ended_at,
    )


async def newest_first(
    conn: Connection,
    *,
    incident_id: str | None,
    statuses: Sequence[ApprovalStatus],
    after: str | None,
    limit: int,
) -> list[Approval]:
    """``after``: the id of the last one of the page before."""
    rows = await conn.fetch(_FIND, incident_id, [s.value for s in statuses], after, limit)
    return [_approval(row) for row in rows]


async def oldest_waiting(conn: Connection, limit: int) -> list[Approval]:
    rows = await conn.fetch(
        f"SELECT {COLUMNS} FROM approvals WHERE status = $1 ORDER BY id LIMIT $2",  # noqa: S608
        ApprovalStatus.WAITING.value,
        limit,
    )
    return [_approval(row) for row in rows]


def _approval(row: asyncpg.Record) -> Approval:
    values = dict(row)
    return Approval(**values | {"channels": tuple(values["channels"])})
