"""``/v1/replies``: what came back and belongs to no conversation that we can name."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from fastapi import APIRouter, Response
from tocsin_runtime.database import Connection

from incident_api.auth.actor import Actor
from incident_api.auth.dependencies import Operates, Reads
from incident_api.conversations import replies_store as store
from incident_api.conversations.asking import Asked, ask
from incident_api.conversations.bodies import Assigned
from incident_api.conversations.model import LooseReply
from incident_api.conversations.placing import told_in
from incident_api.conversations.shown import reply_shown
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, not_found

router = APIRouter(prefix="/v1/replies", tags=["conversations"])

ALREADY_THERE = (
    "This reply is in a conversation already, as a colleague's note that came after the answer;"
    " POST /v1/incidents/{id}/updates tells the client, DELETE /v1/replies/{id} puts it away."
)


class ReplyStatus(StrEnum):
    WAITING = "waiting"
    PUT_AWAY = "put_away"


@router.get("", summary="Replies that belong to no conversation, newest first")
async def list_replies(
    _actor: Reads, parts: WithParts, page: WithPage, status: Listed = None
) -> dict[str, Any]:
    wanted = listed(ReplyStatus, status, "status")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            waiting=wanted[0] is ReplyStatus.WAITING if len(set(wanted)) == 1 else None,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=reply_shown, position=lambda one: (one.id,))


@router.post("/{reply_id}/assign", status_code=201, summary="It is a question of this client")
async def assign_reply(reply_id: str, body: Assigned, actor: Operates, once: WithOnce) -> Response:
    """It enters that conversation; whoever wrote it reads the answer if we know who it is."""

    async def effect(conn: Connection) -> Answer:
        reply = await _waiting(conn, reply_id)
        incident, told = await told_in(conn, body.incident_id, body.client_key)
        asked = _asked(reply, body.client_key, actor)
        question = await ask(conn, once.parts, incident, told, asked)
        if question is None:
            raise Problem("conflict", ALREADY_THERE)
        now = once.parts.clock.now()
        await store.put_away(conn, reply_id, actor.label, now, question_id=question.id)
        shown = {"question_id": question.id, "conversation_id": question.conversation_id}
        return Answer(201, shown)

    return await once.run(actor.key_id, effect)


@router.delete("/{reply_id}", status_code=204, summary="Put it away: somebody has seen to it")
async def put_reply_away(reply_id: str, actor: Operates, parts: WithParts) -> Response:
    async with parts.database.transaction() as conn:
        reply = await store.lock(conn, reply_id)
        if reply is None:
            raise not_found("reply", reply_id)
        if reply.put_away_at is None:
            await store.put_away(conn, reply_id, actor.label, parts.clock.now())
    return Response(status_code=204)


async def _waiting(conn: Connection, reply_id: str) -> LooseReply:
    reply = await store.lock(conn, reply_id)
    if reply is None:
        raise not_found("reply", reply_id)
    if reply.put_away_at is not None:
        raise Problem(
            "conflict",
            f"{reply.put_away_by} has seen to this reply already; POST"
            " /v1/incidents/{id}/questions writes down another question.",
        )
    return reply


def _asked(reply: LooseReply, client_key: str, actor: Actor) -> Asked:
    """The person counts only where they are one of this very client's."""
    return Asked(
        person=reply.person if reply.client_key == client_key else None,
        sender=reply.sender,
        source=reply.source,
        text=reply.text,
        at=reply.at,
        actor=actor.label,
        subject=reply.subject,
        reply_id=reply.id,
        delivery_id=reply.delivery_id,
        attachments=reply.attachments,
    )
