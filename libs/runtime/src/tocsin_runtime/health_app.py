"""The HTTP application of a service, or a part of one, that answers for its health alone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute


@dataclass(frozen=True)
class _Type:
    """A problem's slug and title never change; ``detail`` is said where a route says nothing."""

    slug: str
    title: str
    detail: str


_TYPES = {
    400: _Type("malformed-body", "The body cannot be read", "Send what the documentation shows"),
    403: _Type("not-signed", "The signature or secret is not right", "Check the secret that signs"),
    404: _Type("not-found", "There is no such thing", "Check the address: there is nothing at it"),
    405: _Type(
        "method-not-allowed",
        "This address does not take that method",
        "Use one of the methods in the Allow header",
    ),
    413: _Type("body-too-large", "The body is too large", "Send less at once"),
    422: _Type("invalid", "Something in the request is not right", "Correct it and send it again"),
    503: _Type("not-now", "It cannot be done just now", "Send the same again in a moment"),
}
_INTERNAL = _Type(
    "internal",
    "Something went wrong on our side",
    "Nothing was changed; send the same again in a moment",
)


def health_app(routes: Sequence[BaseRoute]) -> Starlette:
    return Starlette(
        routes=routes, exception_handlers={HTTPException: _problem, Exception: _internal}
    )


async def _problem(_: Request, error: Exception) -> Response:
    """RFC 9457, as everywhere in Tocsin."""
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for this class alone
    kind = _TYPES.get(error.status_code, _INTERNAL)
    is_silent = error.detail == HTTPStatus(error.status_code).phrase
    detail = kind.detail if is_silent else error.detail
    return _answer(kind, error.status_code, detail, error.headers)


async def _internal(_: Request, _error: Exception) -> Response:
    return _answer(_INTERNAL, 500, _INTERNAL.detail)


def _answer(
    kind: _Type, status: int, detail: str, headers: Mapping[str, str] | None = None
) -> Response:
    body = {
        "type": f"urn:tocsin:problem:{kind.slug}",
        "title": kind.title,
        "status": status,
        "detail": f"{detail}.",
    }
    return JSONResponse(body, status, headers, media_type="application/problem+json")
