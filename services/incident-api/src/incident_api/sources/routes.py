"""``POST /v1/ingest/{format}``: what monitoring tools send, as they send it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import asyncpg
import structlog
from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse
from tocsin_runtime.database import Connection

from incident_api.auth.actor import Scope
from incident_api.auth.dependencies import accepted, authorize, bearer, bearer_token, permitted
from incident_api.auth.tokens import digest
from incident_api.directory.store import snapshot_at
from incident_api.sources.ingest import ingest
from incident_api.sources.knowledge import ChangedMeanwhile
from incident_api.sources.model import (
    Format,
    MalformedPayload,
    Parsed,
    Payload,
    UnexpectedPayload,
)
from incident_api.sources.registry import FORMATS
from incident_api.sources.sender import Sender
from incident_api.sources.store import start
from incident_api.web.idempotency import Answer, once
from incident_api.web.parts import parts_of
from incident_api.web.problem import Problem

router = APIRouter(prefix="/v1/ingest", tags=["ingest"])

MOST_UNDER_WAY = 256
"""More at once in one process are sent away: a tool repeats a 503, and gives up on a 429."""

TRIES = 8
TRUSTED_SIZE = 65_536
"""Larger bodies are read only once the key is known to be good."""

log = structlog.get_logger(__name__)
_under_way = 0


@router.post(
    "/{format_name}",
    status_code=202,
    summary="Alerts, with the key in a header",
    # Documented, not depended on: solving a dependency is felt at this rate.
    openapi_extra={"security": [{bearer.scheme_name: []}]},
)
async def ingest_by_header(format_name: str, request: Request) -> Response:
    return await _answer(format_name, request, bearer_token(request))


@router.post("/{format_name}/{key}", status_code=202, summary="Alerts, with the key in the address")
async def ingest_by_path(format_name: str, key: str, request: Request) -> Response:
    return await _answer(format_name, request, key)


async def _answer(format_name: str, request: Request, token: str) -> Response:
    parts, body = parts_of(request), await request.body()
    with _one_more():
        if len(body) > TRUSTED_SIZE:
            async with parts.database.connection() as conn:
                await authorize(conn, request, token, Scope.INGEST)
        parsed = _parsed(_format(format_name), body, request)
        for attempt in range(TRIES):
            try:
                return await _taken(parsed, request, token)
            except (asyncpg.UniqueViolationError, ChangedMeanwhile) as error:
                log.info("payload is decided again", attempt=attempt, error=type(error).__name__)
    raise Problem(
        "overloaded",
        "Other payloads about the same alerts were faster each time; send it again in a moment.",
        headers={"Retry-After": "1"},
    )


async def _taken(parsed: Parsed, request: Request, token: str) -> Response:
    """Key, alerts and events share one transaction: each trip to the database is felt here."""
    parts = parts_of(request)
    if "idempotency-key" not in request.headers:
        async with parts.database.transaction() as conn:
            return JSONResponse(await _results(conn, parsed, request, token), 202)
    async with parts.database.connection() as conn:
        actor = await authorize(conn, request, token, Scope.INGEST)

    async def effect(conn: Connection) -> Answer:
        return Answer(202, await _results(conn, parsed, request, token))

    return await (await once(request, parts)).run(actor.key_id, effect)


async def _results(
    conn: Connection, parsed: Parsed, request: Request, token: str
) -> dict[str, Any]:
    parts = parts_of(request)
    now = parts.clock.now()
    begun = await start(conn, digest(token), parsed)
    actor = permitted(await accepted(conn, begun.key, now), request, Scope.INGEST)
    view = (await snapshot_at(conn, begun.state)).view
    sender = Sender(actor.name, request.path_params["format_name"], actor.label, view, now)
    results = await ingest(conn, parsed, sender, begun.found, parts)
    return {"results": [vars(result) for result in results]}


@contextmanager
def _one_more() -> Iterator[None]:
    global _under_way
    if _under_way >= MOST_UNDER_WAY:
        raise Problem(
            "overloaded",
            "Too many alerts are being taken at once; send the same again in a moment.",
            headers={"Retry-After": "2"},
        )
    _under_way += 1
    try:
        yield
    finally:
        _under_way -= 1


def _format(name: str) -> Format:
    if name not in FORMATS:
        known = ", ".join(sorted(FORMATS))
        raise Problem("not-found", f"There is no format '{name[:80]}'; known: {known}.")
    return FORMATS[name]


def _parsed(read: Format, body: bytes, request: Request) -> Parsed:
    payload = Payload(body, request.headers, request.query_params)
    try:
        return read(payload)
    except MalformedPayload as fault:
        raise Problem("malformed-body", str(fault)) from fault
    except UnexpectedPayload as fault:
        raise Problem("invalid", str(fault)) from fault
