"""What happened around a window, who was told, and which alerts it kept quiet."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Reads
from incident_api.maintenance import store
from incident_api.timeline.pages import deliveries_page, timeline_page
from incident_api.web.pagination import WithPage
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/maintenance-windows/{window_id}", tags=["maintenance"])


@router.get("/timeline", summary="What happened, newest first")
async def get_timeline(
    window_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        return await timeline_page(conn, await _known(conn, window_id), page)


@router.get("/deliveries", summary="Every message to every destination, newest first")
async def get_deliveries(
    window_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        return await deliveries_page(conn, await _known(conn, window_id), page)


async def _known(conn: Connection, id_or_ref: str) -> str:
    window = await store.find(conn, id_or_ref)
    if window is None:
        raise not_found("maintenance window", id_or_ref)
    return window.id
