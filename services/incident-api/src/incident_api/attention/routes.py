"""``GET /v1/needs-attention``: what waits for a person at the NOC, newest first."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from incident_api.attention import store
from incident_api.attention.model import Need
from incident_api.attention.needs import SOURCES
from incident_api.auth.dependencies import Reads
from incident_api.web.parts import WithParts
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/needs-attention", tags=["incidents"])


@router.get("", summary="Drafts, clients and incidents that wait for a person")
async def needs_attention(_actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        needs = [need for source in SOURCES for need in await source(conn)]
        incidents = await store.incidents_shown(conn, [need.incident_id for need in needs])
    needs.sort(key=lambda need: need.since, reverse=True)
    return {"items": [_shown(need, incidents) for need in needs], "next_cursor": None}


def _shown(need: Need, incidents: dict[str, dict[str, Any]]) -> dict[str, Any]:
    return {
        "kind": need.kind,
        "since": plain(need.since),
        "detail": need.detail,
        "incident": incidents.get(need.incident_id),
        **need.more,
    }
