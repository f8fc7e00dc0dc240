"""How the internal port reads a body, and how it answers."""

from __future__ import annotations

from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

LARGEST_BODY = 4_000_000
BEHIND = "The last change of the directory has not arrived here yet; ask again in a moment."


def answer(model: BaseModel) -> Response:
    return Response(model.model_dump_json(), media_type="application/json")


def problem(status: int, slug: str, title: str, detail: str) -> Response:
    """RFC 9457, as everywhere in Tocsin."""
    body = {
        "type": f"urn:tocsin:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(body, status, media_type="application/problem+json")


def behind() -> Response:
    refused = problem(503, "directory-behind", "The directory is behind.", BEHIND)
    refused.headers["Retry-After"] = "1"
    return refused


async def body_of(request: Request) -> bytes:
    raw = bytearray()
    async for part in request.stream():
        raw += part
        if len(raw) > LARGEST_BODY:
            raise HTTPException(413)
    return bytes(raw)
