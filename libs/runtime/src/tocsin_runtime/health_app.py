"""The HTTP application of a service, or a part of one, that answers for its health alone."""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute


def health_app(routes: Sequence[BaseRoute]) -> Starlette:
    return Starlette(routes=routes, exception_handlers={HTTPException: _problem})


async def _problem(_: Request, error: Exception) -> Response:
    """RFC 9457, as everywhere in Tocsin."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    title = error.detail if isinstance(error, HTTPException) else "Internal error"
    body = {
        "type": f"urn:tocsin:problem:http-{status}",
        "title": title,
        "status": status,
        "detail": f"{title}.",
    }
    headers = error.headers if isinstance(error, HTTPException) else None
    return JSONResponse(body, status, headers, media_type="application/problem+json")
