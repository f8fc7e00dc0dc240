"""The HTTP application: health and metrics; providers' callbacks come to it."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute


def create_app(extra_routes: Sequence[BaseRoute] = ()) -> FastAPI:
    app = FastAPI(title="Tocsin dispatcher", version="1", docs_url=None, redoc_url=None)
    app.add_exception_handler(HTTPException, _problem)
    app.router.routes.extend(extra_routes)
    return app


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
    return JSONResponse(body, status_code=status, media_type="application/problem+json")
