"""``/v1/suppressions``: where nothing is sent, why, and how it ends."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query
from fastapi.responses import JSONResponse
from tocsin_contracts.events import SuppressionLifted
from tocsin_contracts.words import Channel

from incident_api.auth.dependencies import Operates, Reads
from incident_api.channels import store
from incident_api.channels.model import Suppression, SuppressionStatus
from incident_api.channels.publishing import publish
from incident_api.web.listed import Listed, listed
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import Problem, not_found
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/suppressions", tags=["channels"])


@router.get("", summary="Destinations that must not be written to, newest first")
async def list_suppressions(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    status: Listed = None,
    channel: Listed = None,
    client: Annotated[str | None, Query(max_length=63)] = None,
) -> dict[str, Any]:
    now = parts.clock.now()
    channels = listed(Channel, channel, "channel")
    async with parts.database.connection() as conn:
        rows = await store.newest_first(
            conn,
            now,
            statuses=listed(SuppressionStatus, status, "status"),
            channels=channels,
            client_key=client,
            after=page.after[0] if page.after else None,
            limit=page.fetch,
        )
    return paged(rows, page, shown=lambda one: _shown(one, now), position=lambda one: (one.id,))


@router.delete("/{suppression_id}", status_code=202, summary="It may be written to again")
async def lift_suppression(
    suppression_id: str,
    actor: Operates,
    parts: WithParts,
    reason: Annotated[str | None, Query(max_length=500)] = None,
) -> JSONResponse:
    """The dispatcher lifts it; asking again while it does changes nothing."""
    now = parts.clock.now()
    async with parts.database.transaction() as conn:
        found = await store.lock(conn, suppression_id)
        if found is None:
            raise not_found("suppression", suppression_id)
        _check_active(found, now)
        if found.lift_asked_at is None:
            await store.note_lift_asked(conn, found.id, actor.label, now)
            lifted = SuppressionLifted(
                suppression_id=found.id, actor=actor.label, reason=reason, at=now
            )
            await publish(conn, parts, lifted, found.id)
        after = await store.lock(conn, suppression_id)
    return JSONResponse(_shown(after or found, now), 202)


def _check_active(found: Suppression, now: datetime) -> None:
    if found.status(now) is not SuppressionStatus.ACTIVE:
        ended = "lifted" if found.lifted_at else "over"
        raise Problem(
            "conflict",
            f"This suppression is {ended} already: messages go there again."
            " GET /v1/suppressions?status=active lists those in force.",
        )


def _shown(one: Suppression, now: datetime) -> dict[str, Any]:
    return fields_shown(one) | {"status": one.status(now)}
