"""``POST /v1/ingest/{format}``: what monitoring tools send, as they send it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from incident_api.auth.actor import Actor, Scope
from incident_api.auth.dependencies import Ingests, require
from incident_api.sources.ingest import ingest
from incident_api.sources.model import (
    MalformedPayload,
    Parsed,
    Payload,
    UnexpectedPayload,
)
from incident_api.sources.registry import FORMATS
from incident_api.web.parts import Parts, WithParts
from incident_api.web.problem import Problem

router = APIRouter(prefix="/v1/ingest", tags=["ingest"])

KeyInPath = Annotated[Actor, Depends(require(Scope.INGEST, in_path="key"))]
MOST_UNDER_WAY = 256
"""More at once in one process are sent away: a tool repeats a 503, and gives up on a 429."""

_under_way = 0


@router.post("/{format_name}", status_code=202, summary="Alerts, with the key in a header")
async def ingest_by_header(
    format_name: str, request: Request, actor: Ingests, parts: WithParts
) -> JSONResponse:
    return await _answer(format_name, request, actor, parts)


@router.post("/{format_name}/{key}", status_code=202, summary="Alerts, with the key in the address")
async def ingest_by_path(
    format_name: str, request: Request, actor: KeyInPath, parts: WithParts
) -> JSONResponse:
    return await _answer(format_name, request, actor, parts)


async def _answer(format_name: str, request: Request, actor: Actor, parts: Parts) -> JSONResponse:
    global _under_way
    if _under_way >= MOST_UNDER_WAY:
        raise Problem(
            "overloaded",
            "Too many alerts are being taken at once; send the same again in a moment.",
            headers={"Retry-After": "2"},
        )
    _under_way += 1
    try:
        parsed = await _parse(format_name, request)
        async with parts.database.transaction() as conn:
            results = await ingest(
                conn,
                parsed,
                integration=actor.name,
                actor=actor.label,
                outbox=parts.outbox,
                now=parts.clock.now(),
            )
    finally:
        _under_way -= 1
    return JSONResponse(_body(results), 202)


def _body(results: Any) -> dict[str, Any]:
    return {"results": [asdict(result) for result in results]}


async def _parse(format_name: str, request: Request) -> Parsed:
    read = FORMATS.get(format_name)
    if read is None:
        known = ", ".join(sorted(FORMATS))
        raise Problem("not-found", f"There is no format '{format_name[:80]}'; known: {known}.")
    payload = Payload(await request.body(), dict(request.headers), dict(request.query_params))
    try:
        return read(payload)
    except MalformedPayload as fault:
        raise Problem("malformed-body", str(fault)) from fault
    except UnexpectedPayload as fault:
        raise Problem("invalid", str(fault)) from fault
