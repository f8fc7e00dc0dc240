"""The directory as one document: exported, and applied."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import yaml
from fastapi import APIRouter, Query, Request, Response
from fastapi.responses import JSONResponse

from incident_api.auth.dependencies import Administers, Reads
from incident_api.directory.apply import Applied
from incident_api.directory.document import KIND_OF_NAME, Document, EntryId, export
from incident_api.directory.merging import merged
from incident_api.directory.people import PersonId
from incident_api.directory.planning import Wanted
from incident_api.directory.request_body import body_schema, read_body
from incident_api.directory.snapshot import Snapshot
from incident_api.directory.store import read_snapshot
from incident_api.directory.writer import WithWriter
from incident_api.web.etags import check_if_match, etag
from incident_api.web.parts import WithParts

router = APIRouter(prefix="/v1/directory", tags=["directory"])

YAML = "application/yaml"


@router.get("", summary="The whole directory as one document, secrets masked")
async def export_directory(request: Request, _actor: Reads, parts: WithParts) -> Response:
    async with parts.database.connection() as conn:
        snapshot = await read_snapshot(conn)
    headers = {"ETag": etag(snapshot.state.written_revision)}
    document = export(snapshot.entries)
    if YAML in request.headers.get("accept", ""):
        text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
        return Response(text, media_type=YAML, headers=headers)
    return JSONResponse(document, headers=headers)


@router.put(
    "",
    summary="Apply a whole document; sections left out stay as they are",
    openapi_extra=body_schema(Document),
)
async def apply_directory(
    request: Request,
    actor: Administers,
    parts: WithParts,
    writer: WithWriter,
    dry_run: Annotated[bool, Query(description="say what would happen, change nothing")] = False,
    allow_removals: Annotated[
        bool, Query(description="entries left out of a given section are removed")
    ] = False,
) -> Response:
    document = await read_body(request, Document)

    def change(before: Snapshot) -> Wanted:
        check_if_match(request, before.state.written_revision)
        return merged(document, before.entries)

    async with parts.database.transaction() as conn:
        applied = await writer.apply(
            conn,
            change,
            actor=actor.label,
            allow_removals=allow_removals,
            dry_run=dry_run,
            keep_wishes=True,
        )
    headers = {"ETag": etag(applied.written_revision)}
    return JSONResponse(_answer(applied, dry_run), headers=headers)


def _answer(applied: Applied, dry_run: bool) -> dict[str, Any]:
    found = applied.changes
    changed = [{**_named([i])[0], "fields": list(found.fields[i])} for i in found.changed]
    return {
        "revision": applied.revision,
        "dry_run": dry_run,
        "created": _named(found.created),
        "changed": changed,
        "left": _named(found.left),
        "removed": _named(found.removed) + _contacts(found.contacts_removed),
        "notes": [*applied.notes, *applied.standing],
    }


def _named(ids: Iterable[EntryId]) -> list[dict[str, str]]:
    return [{"kind": KIND_OF_NAME[kind].words.replace(" ", "_"), "key": key} for kind, key in ids]


def _contacts(people: Iterable[PersonId]) -> list[dict[str, str]]:
    return [{"kind": "contact", "key": f"{client}/{key}"} for client, key in people]
