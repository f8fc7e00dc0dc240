"""What happened, who was told and who was brought in."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter

from incident_api.auth.dependencies import Reads
from incident_api.timeline import deliveries, escalations, store
from incident_api.timeline.finding import known_incident
from incident_api.timeline.lines import Line
from incident_api.timeline.store import Told
from incident_api.web.pagination import Page, WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import invalid
from incident_api.web.shown import fields_shown

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.get("/timeline", summary="What happened, newest first")
async def get_timeline(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = await known_incident(conn, incident_id)
        entries = await store.newest_first(conn, found, after=_after(page), limit=page.fetch)
    return paged(entries, page, shown=_entry, position=lambda one: (one.at.isoformat(), one.id))


@router.get("/deliveries", summary="Every message to every destination, newest first")
async def get_deliveries(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        found = await known_incident(conn, incident_id)
        rows = await deliveries.of_incident(conn, found, after=after, limit=page.fetch)
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


@router.get("/escalations", summary="Where each client's escalation stands")
async def get_escalations(incident_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        rows = await escalations.of_incident(conn, await known_incident(conn, incident_id))
    return {"items": [fields_shown(row) for row in rows], "next_cursor": None}


def _after(page: Page) -> tuple[datetime, str] | None:
    if page.after is None:
        return None
    try:
        moment, entry_id = page.after
        return datetime.fromisoformat(moment), entry_id
    except ValueError as fault:
        raise invalid("?cursor", "This cursor is of another list; begin without one.") from fault


def _entry(entry: Line | Told) -> dict[str, Any]:
    if isinstance(entry, Told):
        return fields_shown(entry) | {"type": "told", "text": _sentence(entry)}
    return fields_shown(entry)


def _sentence(told: Told) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in sorted(told.counts.items()))
    return f"{told.client_key or 'Staff'} by {told.channel}, {told.kind}: {counts}."
