"""What happened around a window, who was told, and which alerts it kept quiet."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Reads
from incident_api.maintenance import alerts, store
from incident_api.maintenance.alerts import QuietAlert
from incident_api.timeline.pages import deliveries_page, timeline_page
from incident_api.web.pagination import Page, WithPage, foreign_cursor, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found
from incident_api.web.shown import plain

router = APIRouter(prefix="/v1/maintenance-windows/{window_id}", tags=["maintenance"])

_ALERT_FIELDS = (
    *("integration", "dedup_key", "firing", "title", "severity", "received_at", "repeated_at"),
    *("resolved_at", "incident_id"),
)


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


@router.get("/alerts", summary="Alerts that it kept quiet, newest first")
async def get_alerts(
    window_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = await _known(conn, window_id)
        rows = await alerts.newest_first(conn, found, after=_after(page), limit=page.fetch)
    return paged(
        rows,
        page,
        shown=_shown,
        position=lambda one: (one.received_at.isoformat(), one.integration, one.dedup_key),
    )


def _after(page: Page) -> tuple[datetime, str, str] | None:
    if page.after is None:
        return None
    try:
        moment, integration, key = page.after
        return datetime.fromisoformat(moment), integration, key
    except ValueError as fault:
        raise foreign_cursor() from fault


def _shown(alert: QuietAlert) -> dict[str, Any]:
    return {name: plain(getattr(alert, name)) for name in _ALERT_FIELDS}


async def _known(conn: Connection, id_or_ref: str) -> str:
    window = await store.find(conn, id_or_ref)
    if window is None:
        raise not_found("maintenance window", id_or_ref)
    return window.id
