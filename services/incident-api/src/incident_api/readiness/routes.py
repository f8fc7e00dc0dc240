"""What to put right before the next outage."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import APIRouter, Query
from tocsin_contracts.words import Severity

from incident_api.auth.dependencies import Reads
from incident_api.channels import store as channels
from incident_api.directory.document import CLIENT
from incident_api.directory.entries import ClientEntry
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.readiness.rules import Readiness, Refused, readiness_of
from incident_api.web.pagination import Page, WithPage, foreign_cursor, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found

router = APIRouter(prefix="/v1/readiness", tags=["directory"])


@router.get("", summary="Per client and severity: who would hear nothing, and why")
async def read_readiness(
    _actor: Reads,
    parts: WithParts,
    page: WithPage,
    client: Annotated[str | None, Query(description="one client's key")] = None,
    severity: Annotated[Severity | None, Query()] = None,
    everything: Annotated[
        bool, Query(alias="all", description="also where nothing is missing")
    ] = False,
) -> dict[str, Any]:
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
        refused = await channels.refused(conn, parts.clock.now())
    clients = _clients(snapshot, client)
    severities = list(Severity) if severity is None else [severity]
    found = [one for one in _all(snapshot, clients, severities, refused) if everything or one.gaps]
    rest = [one for one in found if page.after is None or _position(one) > _after(page)]
    return paged(rest[: page.fetch], page, shown=_shown, position=_position)


def _clients(snapshot: Snapshot, key: str | None) -> list[ClientEntry]:
    found = [entry for entry in snapshot.entries.values() if isinstance(entry, ClientEntry)]
    if key is None:
        return sorted(found, key=lambda entry: entry.key)
    wanted = [entry for entry in found if entry.key == key]
    if not wanted:
        raise not_found(CLIENT.words, key)
    return wanted


def _all(
    snapshot: Snapshot, clients: list[ClientEntry], severities: list[Severity], refused: Refused
) -> Iterator[Readiness]:
    for entry in clients:
        found = readiness_of(entry, snapshot.entries, snapshot.view, severities, refused)
        yield from sorted(found, key=_position)


def _position(one: Readiness) -> tuple[str, ...]:
    return one.client_key, one.severity.value, one.plan_key


def _after(page: Page) -> tuple[str, ...]:
    if page.after is None or len(page.after) != 3:
        raise foreign_cursor()
    return page.after


def _shown(one: Readiness) -> dict[str, Any]:
    return {
        "client_key": one.client_key,
        "severity": one.severity.value,
        "plan_key": one.plan_key,
        "silent": one.silent,
        "people_reached": one.reached,
        "gaps": [{k: v for k, v in vars(gap).items() if v is not None} for gap in one.gaps],
    }
