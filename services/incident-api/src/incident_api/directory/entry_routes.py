"""Single entries of the directory: the same four calls for each kind."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from incident_api.auth.dependencies import Administers, Reads
from incident_api.directory import defaults
from incident_api.directory.document import Kind, shown
from incident_api.directory.entry_changes import PutEntry, RemoveEntry
from incident_api.directory.publishing import BUILT_IN, built_in_shown
from incident_api.directory.request_body import body_schema, read_body
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.directory.writer import WithWriter
from incident_api.web.etags import etag
from incident_api.web.pagination import Page, WithPage, foreign_cursor, paged
from incident_api.web.parts import WithParts
from incident_api.web.problem import not_found


def router_of(kind: Kind) -> APIRouter:
    """List, read, write and remove entries of one kind under ``/v1/<path>``."""
    router = APIRouter(prefix=f"/v1/{kind.path}", tags=["directory"])
    name = kind.section

    @router.get("", summary=f"List of {kind.words}s", operation_id=f"list_{name}")
    async def list_entries(_actor: Reads, parts: WithParts, page: WithPage) -> dict[str, Any]:
        async with parts.database.connection() as conn:
            return _page_of(await read_snapshot(conn), kind, page)

    @router.get("/{key}", summary=f"One {kind.words}", operation_id=f"read_{name}")
    async def read_entry(key: str, _actor: Reads, parts: WithParts) -> Response:
        async with parts.database.connection() as conn:
            return _one(await read_snapshot(conn), kind, key)

    @router.put(
        "/{key}",
        summary=f"Make or replace one {kind.words}",
        operation_id=f"put_{name}",
        openapi_extra=body_schema(kind.model),
    )
    async def put_entry(
        key: str, request: Request, actor: Administers, parts: WithParts, writer: WithWriter
    ) -> Response:
        entry: Any = await read_body(request, kind.model, key=key)
        change = PutEntry(request, kind, key, entry)
        async with parts.database.transaction() as conn:
            applied = await writer.apply(conn, change, actor=actor.label, keep_wishes=True)
        number = applied.revision_of(change.id, change.revision_before)
        notes = {"notes": list(applied.notes)} if applied.notes else {}
        return _answer({**shown(applied.entries[change.id]), **notes}, number, change.status)

    @router.delete(
        "/{key}",
        status_code=204,
        summary=f"Remove one {kind.words} that nothing names",
        operation_id=f"delete_{name}",
    )
    async def delete_entry(
        key: str, request: Request, actor: Administers, parts: WithParts, writer: WithWriter
    ) -> Response:
        async with parts.database.transaction() as conn:
            await writer.apply(conn, RemoveEntry(request, kind, key), actor=actor.label)
        return Response(status_code=204)

    return router


def _page_of(snapshot: Snapshot, kind: Kind, page: Page) -> dict[str, Any]:
    """Newest first, by key where one apply made several: an order that later changes leave."""
    own = sorted(
        ((-r.created, key) for (name, key), r in snapshot.revisions.items() if name == kind.name)
    )
    if page.after is not None:
        after = _place(page.after)
        own = [place for place in own if place > after]
    return paged(
        own[: page.fetch],
        page,
        shown=lambda place: shown(snapshot.entries[kind.name, place[1]]),
        position=lambda place: (str(-place[0]), place[1]),
    )


def _place(after: tuple[str, ...]) -> tuple[int, str]:
    try:
        created, key = after
        return -int(created), key
    except ValueError:
        raise foreign_cursor() from None


def _one(snapshot: Snapshot, kind: Kind, key: str) -> Response:
    """The built-in entries can be read too, though they are not in any list or export."""
    entry_id = (kind.name, key)
    if entry_id in snapshot.entries:
        return _answer(shown(snapshot.entries[entry_id]), snapshot.revisions[entry_id].changed)
    if key == defaults.DEFAULT_KEY and entry_id in BUILT_IN:
        return _answer(built_in_shown(entry_id), snapshot.state.defaults_revision)
    raise not_found(kind.words, key)


def _answer(entry: dict[str, Any], revision: int, status: int = 200) -> Response:
    return JSONResponse(entry, status, {"ETag": etag(revision)})
