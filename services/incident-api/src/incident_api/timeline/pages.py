"""The pages of a timeline, an incident's or a maintenance window's."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from tocsin_runtime.database import Connection

from incident_api.timeline import deliveries, store
from incident_api.timeline.lines import Line
from incident_api.timeline.store import Told
from incident_api.web.pagination import Page, paged
from incident_api.web.problem import invalid
from incident_api.web.shown import fields_shown


async def timeline_page(conn: Connection, subject_id: str, page: Page) -> dict[str, Any]:
    entries = await store.newest_first(conn, subject_id, after=_after(page), limit=page.fetch)
    return paged(entries, page, shown=_entry, position=lambda one: (one.at.isoformat(), one.id))


async def deliveries_page(conn: Connection, subject_id: str, page: Page) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    rows = await deliveries.of_incident(conn, subject_id, after=after, limit=page.fetch)
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


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
    confirmed = f"; {told.confirmed} confirmed" if told.confirmed else ""
    return f"{told.client_key or 'Staff'} by {told.channel}, {told.kind}: {counts}{confirmed}."
