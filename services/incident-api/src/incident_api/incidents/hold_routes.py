"""What is held: listed, undone, or sent at once."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Response
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Operates, Reads
from incident_api.incidents import holds_store
from incident_api.incidents.holds import Hold, HoldState
from incident_api.incidents.releasing import MovedOn, release, undo
from incident_api.web.idempotency import Answer, WithOnce
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, not_found
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/holds", tags=["incidents"])

HIDDEN = frozenset({"sequence", "audience_version", "audience_digest"})


@router.get("", summary="What is held just now, newest first")
async def list_holds(_actor: Reads, parts: WithParts, page: WithPage) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        found = await holds_store.newest_first(
            conn, [HoldState.HELD], after=after, limit=page.fetch
        )
    return paged(found, page, shown=hold_shown, position=lambda one: (one.id,))


@router.delete("/{hold_id}", status_code=204, summary="Undo it before it is sent")
async def undo_hold(hold_id: str, actor: Operates, once: WithOnce) -> Response:
    async def effect(conn: Connection) -> Answer:
        held = await _found(conn, hold_id)
        now = once.parts.clock.now()
        undone = await undo(conn, once.parts, held, actor=actor.label, now=now)
        if undone.state is HoldState.SENT:
            raise Problem("conflict", f"{_sent(undone)} Write a correction or another update.")
        return Answer(204)

    return await once.run(actor.key_id, effect)


@router.post("/{hold_id}/release", summary="Send it now instead of waiting")
async def release_hold(hold_id: str, actor: Operates, once: WithOnce) -> Response:
    async def effect(conn: Connection) -> Answer:
        held = await _found(conn, hold_id)
        try:
            released = await release(conn, once.parts, held, once.parts.clock.now())
        except MovedOn as why:
            raise Problem("conflict", f"{why} Nothing was sent; write it anew.") from why
        if released.state is not HoldState.SENT:
            raise Problem(
                "conflict", f"This was {released.state} and cannot be sent any more; write it anew."
            )
        return Answer(200, hold_shown(released))

    return await once.run(actor.key_id, effect)


async def _found(conn: Connection, hold_id: str) -> Hold:
    found = await holds_store.find(conn, hold_id)
    if found is None:
        raise not_found("hold", hold_id)
    return found


def _sent(hold: Hold) -> str:
    return f"This was sent at {hold.ended_at:%H:%M:%S} UTC." if hold.ended_at else "This was sent."


def hold_shown(hold: Hold) -> dict[str, Any]:
    return {name: value for name, value in fields_shown(hold).items() if name not in HIDDEN}
