"""SQL of receipts: who has said that they read a message."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

from tocsin_runtime.database import Connection

from incident_api.conversations.model import Receipt
from incident_api.rows import as_rows

_COLUMNS = ", ".join(field.name for field in fields(Receipt))
_ADD = f"""
INSERT INTO receipts ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::receipts, $1::text::jsonb)
ON CONFLICT DO NOTHING
"""  # noqa: S608 — built from the model's own names
_BLANK = """
UPDATE receipts AS r SET person_name = ''
FROM erased_contacts AS e
WHERE r.id = $1 AND e.client_key = r.client_key AND e.person = r.person
  AND r.confirmed_at <= e.erased_at
"""


async def add(conn: Connection, receipt: Receipt) -> bool:
    """Whether it is news: the same message is confirmed once. Without an erased person's name."""
    added = await conn.execute(_ADD, as_rows([receipt])) == "INSERT 0 1"
    await conn.execute(_BLANK, receipt.id)
    return added


async def confirmed_at(
    conn: Connection, incident_id: str, client_key: str, person: str
) -> datetime | None:
    """When they last confirmed a message of this outage, whichever channel it came by."""
    found: datetime | None = await conn.fetchval(
        "SELECT max(confirmed_at) FROM receipts"
        " WHERE incident_id = $1 AND client_key = $2 AND person = $3",
        incident_id,
        client_key,
        person,
    )
    return found
