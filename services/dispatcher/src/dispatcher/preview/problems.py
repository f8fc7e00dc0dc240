"""How the internal port says no: RFC 9457, as everywhere in Tocsin."""

from __future__ import annotations

from starlette.responses import JSONResponse, Response


def problem(
    status: int,
    title: str,
    detail: str,
    *,
    slug: str = "invalid",
    headers: dict[str, str] | None = None,
) -> Response:
    body = {
        "type": f"urn:tocsin:problem:{slug}",
        "title": title,
        "status": status,
        "detail": detail,
    }
    return JSONResponse(
        body, status_code=status, media_type="application/problem+json", headers=headers
    )
