"""Turns whatever a route raises into a problem document, never into a framework's own shape."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import asyncpg
import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from tocsin_runtime.database import waiting_helps

from incident_api.web.pointers import request_errors
from incident_api.web.problem import Problem, all_invalid

log = structlog.get_logger(__name__)

_BY_STATUS = {
    400: ("malformed-body", "The body cannot be read as JSON."),
    404: ("not-found", "There is nothing at this address; /openapi.json lists what there is."),
    405: ("method-not-allowed", "This address does not take that method; see the Allow header."),
    413: ("body-too-large", "The body is larger than this address takes."),
    415: ("unsupported-media-type", "This content type is not accepted here."),
}


def install(app: FastAPI) -> None:
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(HTTPException, _framework)
    app.add_exception_handler(RequestValidationError, _validation)
    app.add_exception_handler(asyncpg.DataError, _data)
    app.add_exception_handler(Exception, _unexpected)


async def _problem(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, Problem)  # noqa: S101 — registered for this class alone
    return error.response()


async def _framework(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)  # noqa: S101 — registered for this class alone
    slug, detail = _BY_STATUS.get(error.status_code, ("internal", "Something went wrong."))
    return Problem(slug, detail, headers=error.headers).response()


async def _validation(_request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)  # noqa: S101 — registered for this class
    found = error.errors()
    if any(e["type"] == "json_invalid" for e in found):
        fault = _json_fault(found)
        return Problem("malformed-body", f"The body is not valid JSON: {fault}.").response()
    return all_invalid(request_errors(found)).response()


def _json_fault(found: Sequence[Any]) -> str:
    fault = next(e for e in found if e["type"] == "json_invalid")
    return f"{fault['ctx']['error']} at character {fault['loc'][-1]}"


async def _data(request: Request, error: Exception) -> JSONResponse:
    """The net under the models: PostgreSQL stores no NUL and no number beyond its range."""
    log.warning("refused_by_database", route=_route_of(request), error=type(error).__name__)
    return Problem(
        "invalid", "A value cannot be stored: it holds a NUL character or is out of range."
    ).response()


async def _unexpected(request: Request, error: Exception) -> JSONResponse:
    if waiting_helps(error):
        log.warning("database_away", route=_route_of(request), error=type(error).__name__)
        return Problem(
            "database-away",
            "The database is away or busy just now; send the same request again in a moment.",
            headers={"Retry-After": "2"},
        ).response()
    log.error("unexpected_error", route=_route_of(request), exc_info=error)
    return Problem(
        "internal", "Something went wrong on our side; nothing was changed. Please try again."
    ).response()


def _route_of(request: Request) -> str:
    """The route's pattern: a path itself may hold a key."""
    return str(getattr(request.scope.get("route"), "path", "(none)"))
