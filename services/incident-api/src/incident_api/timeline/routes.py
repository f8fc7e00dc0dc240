"""What happened, who was told and who was brought in."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from incident_api.auth.dependencies import Reads
from incident_api.timeline import escalations
from incident_api.timeline.finding import known_incident
from incident_api.timeline.pages import deliveries_page, timeline_page
from incident_api.web.pagination import WithPage
from incident_api.web.parts import WithParts
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.get("/timeline", summary="What happened, newest first")
async def get_timeline(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        return await timeline_page(conn, await known_incident(conn, incident_id), page)


@router.get("/deliveries", summary="Every message to every destination, newest first")
async def get_deliveries(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        return await deliveries_page(conn, await known_incident(conn, incident_id), page)


@router.get("/escalations", summary="Where each client's escalation stands")
async def get_escalations(incident_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        rows = await escalations.of_incident(conn, await known_incident(conn, incident_id))
    return {"items": [fields_shown(row) for row in rows], "next_cursor": None}
