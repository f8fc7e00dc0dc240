"""``GET /v1/escalation-policies/{key}/versions``: how it read before, and what runs so still."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from incident_api.auth.dependencies import Reads
from incident_api.directory import versions_store
from incident_api.directory.defaults import DEFAULT_KEY
from incident_api.directory.document import POLICY
from incident_api.directory.publishing import built_in_shown
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.directory.versions_store import Version
from incident_api.escalations import store
from incident_api.web.pagination import Page, WithPage, foreign_cursor, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found
from incident_api.web.shown import plain

router = APIRouter(prefix=f"/v1/{POLICY.path}", tags=["directory"])
LAST_REVISION = 2**63 - 1


@router.get("/{key}/versions", summary="How a policy read, newest first, and what still runs so")
async def list_versions(
    key: str, _actor: Reads, parts: WithParts, page: WithPage
) -> dict[str, Any]:
    """``document`` can be tried in ``POST /v1/simulate``; ``null``: it was removed then."""
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
        before = _before(page)
        found = await versions_store.of_policy(conn, key, before=before, limit=page.fetch)
        running = await store.running_versions(conn, key)
    if not found and before is None:
        return paged([_built_in(snapshot, key)], page, shown=lambda one: one, position=_nowhere)
    return paged(
        found,
        page,
        shown=lambda one: _shown(one, running.get(one.revision, 0)),
        position=lambda one: (str(one.revision),),
    )


def _before(page: Page) -> int | None:
    if page.after is None:
        return None
    try:
        [revision] = (int(part) for part in page.after)
    except ValueError:
        raise foreign_cursor() from None
    if revision > LAST_REVISION:
        raise foreign_cursor()
    return revision


def _shown(version: Version, running: int) -> dict[str, Any]:
    return {
        "revision": version.revision,
        "changed_at": plain(version.at),
        "by": version.actor,
        "running": running,
        "document": version.document,
    }


def _built_in(snapshot: Snapshot, key: str) -> dict[str, Any]:
    """The provider has never written it."""
    if key != DEFAULT_KEY:
        raise not_found(POLICY.words, key)
    return {
        "revision": snapshot.state.defaults_revision,
        "changed_at": None,
        "by": "system:tocsin",
        "running": 0,
        "document": built_in_shown((POLICY.name, key)),
    }


def _nowhere(_one: dict[str, Any]) -> tuple[str, ...]:
    return ("0",)
