"""What happened, who was told and who was brought in."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from fastapi import APIRouter
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Reads
from incident_api.timeline import deliveries, escalations, store
from incident_api.timeline.lines import Line
from incident_api.timeline.store import Told
from incident_api.web.pagination import Page, WithPage, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import invalid, not_found

router = APIRouter(prefix="/v1/incidents/{incident_id}", tags=["incidents"])


@router.get("/timeline", summary="What happened, newest first")
async def get_timeline(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        found = await _id_of(conn, incident_id)
        entries = await store.newest_first(conn, found, after=_after(page), limit=page.fetch)
    return paged(entries, page, shown=_entry, position=lambda one: (one.at.isoformat(), one.id))


@router.get("/deliveries", summary="Every message to every destination, newest first")
async def get_deliveries(
    incident_id: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        found = await _id_of(conn, incident_id)
        rows = await deliveries.of_incident(conn, found, after=after, limit=page.fetch)
    return paged(rows, page, shown=_shown, position=lambda one: (one.id,))


@router.get("/escalations", summary="Where each client's escalation stands")
async def get_escalations(incident_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        rows = await escalations.of_incident(conn, await _id_of(conn, incident_id))
    return {"items": [_shown(row) for row in rows], "next_cursor": None}


async def _id_of(conn: Connection, id_or_ref: str) -> str:
    found = await store.find_incident(conn, id_or_ref)
    if found is None:
        raise not_found("incident", id_or_ref)
    return found


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
        return _shown(entry) | {"type": "told", "text": _sentence(entry)}
    return _shown(entry)


def _sentence(told: Told) -> str:
    counts = ", ".join(f"{count} {state}" for state, count in sorted(told.counts.items()))
    return f"{told.client_key or 'Staff'} by {told.channel}, {told.kind}: {counts}."


def _shown(row: Any) -> dict[str, Any]:
    return {name: _plain(value) for name, value in asdict(row).items()}


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return list(value) if isinstance(value, tuple) else value
