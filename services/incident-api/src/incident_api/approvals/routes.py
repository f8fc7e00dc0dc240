"""``/v1/approvals``: messages that wait for a yes, and a person's answer."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from tocsin_runtime.database import Connection

from incident_api.approvals import store
from incident_api.approvals.bodies import Decided
from incident_api.approvals.deciding import Answer, decide
from incident_api.approvals.model import ApprovalStatus
from incident_api.approvals.rules import NotPossible
from incident_api.auth.dependencies import Operates, Reads
from incident_api.timeline.finding import known_subject
from incident_api.web import idempotency
from incident_api.web.idempotency import WithOnce
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, not_found
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/approvals", tags=["approvals"])


@router.get("", summary="What waits for a yes, and what was decided, newest first")
async def list_approvals(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    incident: Annotated[
        str | None, Query(max_length=63, description="id or reference; a window's too")
    ] = None,
    status: Listed = None,
) -> dict[str, Any]:
    statuses = listed(ApprovalStatus, status, "status")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            incident_id=None if incident is None else await known_subject(conn, incident),
            statuses=statuses,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


@router.get("/{approval_id}", summary="The text as it will be sent")
async def get_approval(approval_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = await store.find(conn, approval_id)
    if found is None:
        raise not_found("approval", approval_id)
    return fields_shown(found)


@router.post("/{approval_id}/decide", status_code=202, summary="Say yes or no to exactly this text")
async def decide_approval(
    approval_id: str, body: Decided, actor: Operates, once: WithOnce
) -> Response:
    """The dispatcher carries it out; what came of it is the approval's ``outcome``."""

    async def effect(conn: Connection) -> idempotency.Answer:
        found = await store.lock(conn, approval_id)
        if found is None:
            raise not_found("approval", approval_id)
        answer = Answer(
            decision=body.decision,
            content_sha256=body.content_sha256,
            by=actor.name,
            actor=actor.label,
            reason=body.reason,
        )
        try:
            after = await decide(conn, once.parts, found, answer)
        except NotPossible as refusal:
            raise Problem("conflict", str(refusal)) from refusal
        return idempotency.Answer(202, fields_shown(after))

    return await once.run(actor.key_id, effect)
