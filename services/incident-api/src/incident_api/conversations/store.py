"""SQL of conversations and what was said in them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import asyncpg
from tocsin_contracts.words import QuestionSource
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.conversations.model import Conversation, Message, MessageKind
from incident_api.rows import as_rows

_COLUMNS = ", ".join(field.name for field in fields(Message))
_OPEN = "kind = 'question' AND answer_id IS NULL"
_CONVERSATION = f"""
SELECT c.id, c.incident_id, i.ref, c.client_key, c.opened_at, said.open_questions,
       said.waiting_since, said.answer_due, coalesce(said.last_at, c.opened_at) AS last_at
FROM conversations c JOIN incidents i ON i.id = c.incident_id
CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE {_OPEN}) AS open_questions,
           min(at) FILTER (WHERE {_OPEN}) AS waiting_since,
           min(answer_due) FILTER (WHERE {_OPEN}) AS answer_due,
           max(at) AS last_at
    FROM conversation_messages WHERE conversation_id = c.id
) AS said
"""  # noqa: S608 — built from this file's own words
_LIST = f"""
{_CONVERSATION}
WHERE ($1::text IS NULL OR c.incident_id = $1)
  AND ($2::text IS NULL OR c.client_key = $2)
  AND ($3::boolean IS NULL OR (said.open_questions > 0) = $3)
  AND ($4::text IS NULL OR c.id < $4)
ORDER BY c.id DESC LIMIT $5
"""
_ADD = f"""
INSERT INTO conversation_messages ({_COLUMNS})
SELECT {_COLUMNS} FROM jsonb_populate_recordset(NULL::conversation_messages, $1::text::jsonb)
ON CONFLICT (reply_id) DO NOTHING
"""  # noqa: S608 — built from the model's own names
# A topic remembers for longer than we may: what was said before an erasure comes without it.
_BLANK = """
UPDATE conversation_messages AS m
SET author = '', text = '', subject = NULL, attachments = '{}'
FROM conversations AS c, erased_contacts AS e
WHERE m.id = $1 AND m.kind = 'question' AND c.id = m.conversation_id
  AND e.client_key = c.client_key AND e.person = m.person AND m.at <= e.erased_at
"""


async def lock_of(
    conn: Connection, incident_id: str, client_key: str, *, opened_at: datetime
) -> str:
    """The id of their conversation, opened if there was none, held until the transaction ends."""
    found: str = await conn.fetchval(
        "INSERT INTO conversations (id, incident_id, client_key, opened_at)"
        " VALUES ($1, $2, $3, $4) ON CONFLICT (incident_id, client_key)"
        " DO UPDATE SET client_key = EXCLUDED.client_key RETURNING id",
        uuid7(),
        incident_id,
        client_key,
        opened_at,
    )
    return found


async def lock(conn: Connection, conversation_id: str) -> Conversation | None:
    """Until the transaction ends: two people may answer at once."""
    await conn.execute("SELECT FROM conversations WHERE id = $1 FOR UPDATE", conversation_id)
    return await find(conn, conversation_id)


async def find(conn: Connection, conversation_id: str) -> Conversation | None:
    row = await conn.fetchrow(f"{_CONVERSATION} WHERE c.id = $1", conversation_id)
    return None if row is None else Conversation(**dict(row))


async def find_of(conn: Connection, incident_id: str, client_key: str) -> Conversation | None:
    row = await conn.fetchrow(
        f"{_CONVERSATION} WHERE c.incident_id = $1 AND c.client_key = $2", incident_id, client_key
    )
    return None if row is None else Conversation(**dict(row))


async def of_ids(conn: Connection, ids: Sequence[str]) -> list[Conversation]:
    rows = await conn.fetch(f"{_CONVERSATION} WHERE c.id = ANY($1) ORDER BY c.id", list(ids))
    return [Conversation(**dict(row)) for row in rows]


async def conversation_of_question(conn: Connection, question_id: str | None) -> str | None:
    found: str | None = await conn.fetchval(
        "SELECT conversation_id FROM conversation_messages WHERE id = $1 AND kind = 'question'",
        question_id,
    )
    return found


async def newest_first(
    conn: Connection,
    *,
    incident_id: str | None,
    client_key: str | None,
    is_open: bool | None,
    after: str | None,
    limit: int,
) -> list[Conversation]:
    """``after``: the id of the last one of the page before; ``is_open`` ``None``: either."""
    rows = await conn.fetch(_LIST, incident_id, client_key, is_open, after, limit)
    return [Conversation(**dict(row)) for row in rows]


async def reply_is_known(conn: Connection, reply_id: str) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM conversation_messages WHERE reply_id = $1)"
        " OR EXISTS (SELECT FROM loose_replies WHERE id = $1)",
        reply_id,
    )
    return found


async def add(conn: Connection, message: Message) -> bool:
    """Whether it is new: a reply is kept once, and without the words of who was erased since."""
    added = await conn.execute(_ADD, as_rows([message])) == "INSERT 0 1"
    await conn.execute(_BLANK, message.id)
    return added


async def settle(
    conn: Connection, question_ids: Sequence[str], answer_id: str, answered_at: datetime
) -> None:
    await conn.execute(
        "UPDATE conversation_messages SET answer_id = $2, answered_at = $3 WHERE id = ANY($1)",
        list(question_ids),
        answer_id,
        answered_at,
    )


async def messages(conn: Connection, conversation_id: str) -> list[Message]:
    """Oldest first."""
    rows = await conn.fetch(
        f"SELECT {_COLUMNS} FROM conversation_messages"  # noqa: S608
        " WHERE conversation_id = $1 ORDER BY at, id",
        conversation_id,
    )
    return [_message(row) for row in rows]


async def has_asked(conn: Connection, conversation_id: str, person: str) -> bool:
    found: bool = await conn.fetchval(
        "SELECT EXISTS (SELECT FROM conversation_messages"
        " WHERE conversation_id = $1 AND person = $2 AND kind = 'question')",
        conversation_id,
        person,
    )
    return found


@dataclass(frozen=True)
class Sent:
    """One message that came of an event: an acknowledgement, or an answer on its way back."""

    delivery_id: str
    cause_id: str
    kind: str
    person: str
    channel: str
    state: str
    reason: str | None
    planned_at: datetime


async def sent_of(conn: Connection, event_ids: Sequence[str]) -> list[Sent]:
    """To clients alone; that staff were told of a question is no part of the conversation."""
    rows = await conn.fetch(
        "SELECT id AS delivery_id, cause_id, kind, person, channel, state, reason, planned_at"
        " FROM deliveries WHERE cause_id = ANY($1) AND client_key IS NOT NULL ORDER BY id",
        list(event_ids),
    )
    return [Sent(**dict(row)) for row in rows]


async def oldest_open(conn: Connection, most: int) -> list[Conversation]:
    """Those that wait, the one due first at the front."""
    rows = await conn.fetch(
        f"{_CONVERSATION} WHERE said.open_questions > 0"
        " ORDER BY said.answer_due NULLS LAST, said.waiting_since LIMIT $1",
        most,
    )
    return [Conversation(**dict(row)) for row in rows]


async def forget(conn: Connection, client_key: str, person: str) -> None:
    """That they asked stays, and what was answered; their name and words go."""
    await conn.execute(
        "UPDATE conversation_messages AS m SET author = '', text = '', subject = NULL,"
        " attachments = '{}' FROM conversations AS c"
        " WHERE c.id = m.conversation_id AND c.client_key = $1 AND m.person = $2"
        " AND m.kind = 'question'",
        client_key,
        person,
    )
    await conn.execute(
        "UPDATE loose_replies SET sender = '', text = '', subject = NULL, attachments = '{}'"
        " WHERE client_key = $1 AND person = $2",
        client_key,
        person,
    )
    await conn.execute(
        "UPDATE receipts SET person_name = '' WHERE client_key = $1 AND person = $2",
        client_key,
        person,
    )


def _message(row: asyncpg.Record) -> Message:
    values: dict[str, Any] = dict(row)
    return Message(
        **values
        | {
            "kind": MessageKind(values["kind"]),
            "source": values["source"] and QuestionSource(values["source"]),
            "attachments": tuple(values["attachments"]),
        }
    )
