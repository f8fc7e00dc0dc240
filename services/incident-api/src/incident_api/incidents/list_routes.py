"""``GET /v1/incidents``: lists, newest first."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from tocsin_contracts.words import OPEN_STATUSES, Severity, Status, Visibility

from incident_api.alerts import store as alerts_store
from incident_api.auth.dependencies import Reads
from incident_api.incidents import search, store
from incident_api.incidents.search import Filters
from incident_api.incidents.shown import incident_shown
from incident_api.web.listed import Listed, listed
from incident_api.web.models import Time
from incident_api.web.pagination import WithPage, paged
from incident_api.web.parts import WithParts

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])

Key = Annotated[str | None, Query(max_length=63)]


def _filters(
    status: Annotated[
        str | None, Query(max_length=200, description="one or several, by comma; or `open`")
    ] = None,
    severity: Listed = None,
    system: Key = None,
    client: Key = None,
    visibility: Visibility | None = None,
    since: Time | None = None,
    until: Time | None = None,
    q: Annotated[str | None, Query(max_length=200, description="in reference or text")] = None,
) -> Filters:
    return Filters(
        statuses=_statuses(status),
        severities=listed(Severity, severity, "severity"),
        system=system,
        client=client,
        visibility=visibility,
        since=since,
        until=until,
        text=q or None,
    )


def _statuses(given: str | None) -> tuple[Status, ...]:
    return tuple(sorted(OPEN_STATUSES)) if given == "open" else listed(Status, given, "status")


@router.get("", summary="Incidents, newest first")
async def list_incidents(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    filters: Annotated[Filters, Depends(_filters)],
) -> dict[str, Any]:
    after = page.after[0] if page.after else None
    async with parts.database.connection() as conn:
        found = await search.newest_first(conn, filters, after=after, limit=page.fetch)
        ids = [incident.id for incident in found]
        clients = await store.read_audiences(conn, ids)
        alerts = await alerts_store.of_incidents(conn, ids)
    return paged(
        found,
        page,
        shown=lambda one: incident_shown(
            one, clients[one.id], alerts[one.id], public_url=parts.public_url
        ),
        position=lambda one: (one.id,),
    )
