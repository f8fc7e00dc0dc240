"""What was promised and kept, over HTTP: an incident's, a span's, a client's."""

from __future__ import annotations

from dataclasses import asdict
from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic_core import to_jsonable_python
from tocsin_contracts.directory import Client
from tocsin_runtime.database import Connection

from incident_api.auth.dependencies import Reads
from incident_api.directory.store import read_view
from incident_api.directory.view import DirectoryView
from incident_api.documents.answering import Document, answered, form_of
from incident_api.documents.naming import everyday, file_name
from incident_api.documents.times import zone_or_utc
from incident_api.incidents import store as incidents
from incident_api.promises.standing import with_pending
from incident_api.reporting import store
from incident_api.reporting.monthly import monthly_report
from incident_api.reporting.months import Month, month_of, read_month
from incident_api.reporting.presenting import present
from incident_api.reporting.sla import sla_shown
from incident_api.reporting.statistics import statistics_shown
from incident_api.timeline import promises
from incident_api.web.models import Time
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import invalid, not_found
from incident_api.web.shown import fields_shown, plain

router = APIRouter(prefix="/v1", tags=["reports"])

SINCE = timedelta(days=30)


@router.get("/incidents/{incident_id}/sla", summary="What was promised, and what was kept")
async def get_sla(incident_id: str, _actor: Reads, parts: WithParts) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        incident = await incidents.find(conn, incident_id)
        if incident is None:
            raise not_found("incident", incident_id)
        audience = await incidents.read_audience(conn, incident.id)
        judged = await promises.of_incident(conn, incident.id)
        asked = await store.questions_of_incident(conn, incident.id, parts.clock.now())
    silent = incident.drill or incident.parent_id is not None
    promised = with_pending(
        judged,
        () if silent else audience,
        incident_id=incident.id,
        status=incident.status,
        now=parts.clock.now(),
    )
    about = {"incident_id": incident.id, "ref": incident.ref, "drill": incident.drill}
    return {**about, "items": sla_shown(promised, audience, asked), "next_cursor": None}


@router.get("/statistics", summary="How it goes, in figures; exercises are left out")
async def get_statistics(
    _actor: Reads,
    parts: WithParts,
    since: Annotated[Time | None, Query(description="30 days ago, if left out")] = None,
) -> dict[str, Any]:
    now = parts.clock.now()
    start = since or now - SINCE
    if start > now:
        raise invalid("?since", "This time is still to come; it must have passed already.")
    async with parts.database.connection() as conn:
        figures = await store.read_figures(conn, since=start)
        asked = await store.questions_since(conn, start, now)
    shown = statistics_shown(figures) | {"questions": asdict(asked)}
    return {"since": plain(start), "until": plain(now), **shown}


@router.get("/clients/{client_key}/communications", summary="What a client was sent, newest first")
async def get_communications(
    client_key: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        _known(await read_view(conn), client_key)
        rows = await store.communications(conn, client_key, after=after, limit=page.fetch)
    return paged(rows, page, shown=fields_shown, position=lambda one: (one.id,))


@router.get("/clients/{client_key}/report", summary="A client's month: JSON, HTML or PDF")
async def get_monthly_report(
    client_key: str,
    request: Request,
    _actor: Reads,
    parts: WithParts,
    month: Annotated[
        str | None, Query(max_length=20, description="2026-11; this month, if left out")
    ] = None,
) -> Response:
    form = form_of(request)
    async with parts.database.connection() as conn:
        view = await read_view(conn)
        client = _known(view, client_key)
        document = await _monthly(conn, view, client, _month(month, client, parts), parts)
    return await answered(document, form, request)


def _known(view: DirectoryView, client_key: str) -> Client:
    client = view.clients.get(client_key)
    if client is None:
        raise not_found("client", client_key)
    return client


def _month(given: str | None, client: Client, parts: Parts) -> Month:
    """By the client's own clock. Raises 422."""
    zone, now = zone_or_utc(client.timezone), parts.clock.now()
    if given is None:
        return month_of(now, zone)
    month = read_month(given)
    if month is None:
        raise invalid("?month", f"'{given[:20]}' is no month; write it as 2026-11.")
    if month.begins(zone) > now:
        raise invalid("?month", f"{month} has not begun yet; ask for one that has.")
    return month


async def _monthly(
    conn: Connection, view: DirectoryView, client: Client, month: Month, parts: Parts
) -> Document:
    zone = zone_or_utc(client.timezone)
    begins_at, ends_at = month.begins(zone), month.ends(zone)
    report = monthly_report(
        await store.read_month(conn, client.key, begins_at, ends_at),
        view,
        client,
        month,
        begins_at=begins_at,
        ends_at=ends_at,
        now=parts.clock.now(),
    )
    return Document(
        values=to_jsonable_python(report),
        page=present(report),
        name=file_name((report.provider, str(month), everyday(client.name)), ".pdf"),
        made_at=report.made_at,
    )
