"""SQL of replies that belong to no conversation that we can name."""

from __future__ import annotations

from dataclasses import fields
from datetime import datetime

import asyncpg
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection

from incident_api.conversations.model import LooseReply
from incident_api.rows import as_rows

_COLUMNS = ", ".join(field.name for field in fields(LooseReply))
_ADD = f"""
INSERT INTO loose_replies ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::loose_replies, $1::text::jsonb)
ON CONFLICT (id) DO NOTHING
"""  # noqa: S608 — built from the model's own names
_BLANK = """
UPDATE loose_replies AS r
SET sender = '', text = '', subject = NULL, attachments = '{}'
FROM erased_contacts AS e
WHERE r.id = $1 AND e.client_key = r.client_key AND e.person = r.person AND r.at <= e.erased_at
"""
_LIST = f"""
SELECT {_COLUMNS} FROM loose_replies
WHERE ($1::boolean IS NULL OR (put_away_at IS NULL) = $1) AND ($2::text IS NULL OR id < $2)
ORDER BY id DESC LIMIT $3
"""  # noqa: S608 — built from the model's own names


async def add(conn: Connection, reply: LooseReply) -> bool:
    """Whether it is new; kept without the words of who was erased since."""
    added = await conn.execute(_ADD, as_rows([reply])) == "INSERT 0 1"
    await conn.execute(_BLANK, reply.id)
    return added


async def lock(conn: Connection, reply_id: str) -> LooseReply | None:
    row = await conn.fetchrow(
        f"SELECT {_COLUMNS} FROM loose_replies WHERE id = $1 FOR UPDATE",  # noqa: S608
        reply_id,
    )
    return None if row is None else _reply(row)


async def put_away(
    conn: Connection, reply_id: str, by: str, now: datetime, *, question_id: str | None = None
) -> None:
    await conn.execute(
        "UPDATE loose_replies SET put_away_at = $2, put_away_by = $3, question_id = $4"
        " WHERE id = $1",
        reply_id,
        now,
        by,
        question_id,
    )


async def newest_first(
    conn: Connection, *, waiting: bool | None, after: str | None, limit: int
) -> list[LooseReply]:
    """``waiting`` ``None``: those put away too; ``after``: the last id of the page before."""
    rows = await conn.fetch(_LIST, waiting, after, limit)
    return [_reply(row) for row in rows]


async def oldest_waiting(conn: Connection, most: int) -> list[LooseReply]:
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM loose_replies WHERE put_away_at IS NULL"  # noqa: S608
        " ORDER BY at, id LIMIT $1",
        most,
    )
    return [_reply(row) for row in rows]


def _reply(row: asyncpg.Record) -> LooseReply:
    values = dict(row)
    return LooseReply(
        **values
        | {
            "source": QuestionSource(values["source"]),
            "attachments": tuple(values["attachments"]),
        }
    )
