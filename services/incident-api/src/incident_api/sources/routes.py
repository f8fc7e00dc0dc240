"""``POST /v1/ingest/{format}``: what monitoring tools send, as they send it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import JSONResponse

from incident_api.auth.actor import Scope
from incident_api.auth.dependencies import authorize, bearer, bearer_token
from incident_api.sources.ingest import Result, ingest
from incident_api.sources.model import (
    Format,
    MalformedPayload,
    Parsed,
    Payload,
    UnexpectedPayload,
)
from incident_api.sources.registry import FORMATS
from incident_api.web.parts import parts_of
from incident_api.web.problem import Problem

router = APIRouter(prefix="/v1/ingest", tags=["ingest"])

MOST_UNDER_WAY = 256
"""More at once in one process are sent away: a tool repeats a 503, and gives up on a 429."""

_under_way = 0


@router.post(
    "/{format_name}",
    status_code=202,
    summary="Alerts, with the key in a header",
    dependencies=[Depends(bearer)],
)
async def ingest_by_header(format_name: str, request: Request) -> JSONResponse:
    return await _answer(format_name, request, bearer_token(request))


@router.post("/{format_name}/{key}", status_code=202, summary="Alerts, with the key in the address")
async def ingest_by_path(format_name: str, key: str, request: Request) -> JSONResponse:
    return await _answer(format_name, request, key)


async def _answer(format_name: str, request: Request, token: str) -> JSONResponse:
    """Key, alerts and events share one transaction: each trip to the database is felt here."""
    parts, body = parts_of(request), await request.body()
    with _one_more():
        async with parts.database.transaction() as conn:
            actor = await authorize(conn, request, token, Scope.INGEST)
            results = await ingest(
                conn,
                _parsed(_format(format_name), body, request),
                integration=actor.name,
                actor=actor.label,
                outbox=parts.outbox,
                now=parts.clock.now(),
            )
    return JSONResponse(_body(results), 202)


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
    payload = Payload(body, dict(request.headers), dict(request.query_params))
    try:
        return read(payload)
    except MalformedPayload as fault:
        raise Problem("malformed-body", str(fault)) from fault
    except UnexpectedPayload as fault:
        raise Problem("invalid", str(fault)) from fault


def _body(results: list[Result]) -> dict[str, Any]:
    return {"results": [asdict(result) for result in results]}
