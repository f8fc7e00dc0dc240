"""Replies that belong to no conversation that we can name: kept for a person to look at."""

from __future__ import annotations

from tocsin_contracts.events import ReplyReceived
from tocsin_runtime.database import Connection
from tocsin_runtime.ids import uuid7

from incident_api.conversations import replies_store
from incident_api.conversations.asking import storable
from incident_api.conversations.model import Conversation, LooseReply
from incident_api.conversations.rules import BY
from incident_api.timeline.lines import Line
from incident_api.timeline.store import add_lines


def words_of(data: ReplyReceived) -> str:
    """What was written; a reply that is nothing but an attachment says so."""
    return storable(data.text) or (
        f"(no text; attached: {', '.join(data.attachments)})" if data.attachments else "(no text)"
    )


async def keep(conn: Connection, data: ReplyReceived) -> None:
    await _keep(conn, data, _why(data))
    if data.incident_id is not None:
        await add_lines(conn, [_line(data)])


async def keep_late_answer(
    conn: Connection, conversation: Conversation, data: ReplyReceived
) -> None:
    """Whoever wrote it believes that the client has it."""
    await _keep(
        conn,
        data,
        f"{data.sender} answered {conversation.client_key}'s question by reply, but it had been"
        " answered already, so this went to nobody.",
        incident_id=conversation.incident_id,
    )


async def _keep(
    conn: Connection, data: ReplyReceived, why: str, *, incident_id: str | None = None
) -> None:
    reply = LooseReply(
        id=data.reply_id,
        at=data.at,
        incident_id=incident_id or data.incident_id,
        client_key=data.client_key,
        person=data.person,
        sender=data.sender,
        source=data.source,
        subject=data.subject,
        text=words_of(data),
        attachments=data.attachments,
        delivery_id=data.delivery_id,
        why=why,
    )
    await replies_store.add(conn, reply)


def _why(data: ReplyReceived) -> str:
    by = BY[data.source]
    if data.staff_answers:
        return f"{data.sender} answered a question {by} that is not known here; nobody has it."
    if data.client_key is None and data.person is not None:
        return f"{data.sender} wrote {by}; no client reads it."
    if data.client_key is None:
        return f"A stranger, {data.sender}, wrote {by}; nothing was answered."
    if data.incident_id is None:
        return f"{data.sender} of {data.client_key} wrote {by}, about no outage that we can name."
    return f"{data.sender} of {data.client_key} wrote {by}, about nothing they can ask about here."


def _line(data: ReplyReceived) -> Line:
    """Without names and words: a contact's go when the person is erased."""
    if data.client_key is not None:
        who, actor = f"A reader at {data.client_key}", f"contact:{data.person or 'unknown'}"
    elif data.person is not None:
        who, actor = data.sender, f"person:{data.person}"
    else:
        who, actor = "A stranger", "system:dispatcher"
    return Line(
        id=uuid7(),
        incident_id=data.incident_id or "",
        sequence=0,
        at=data.at,
        type="reply_received",
        actor=actor,
        text=f"{who} wrote {BY[data.source]}; see GET /v1/replies.",
        data={
            "reply_id": data.reply_id,
            "client_keys": [data.client_key] if data.client_key else [],
        },
    )
