"""The sandbox's own refusals, as RFC 9457 problems."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import NoReturn

from aiohttp import web

_RAISED: dict[HTTPStatus, type[web.HTTPException]] = {
    HTTPStatus.BAD_REQUEST: web.HTTPBadRequest,
    HTTPStatus.NOT_FOUND: web.HTTPNotFound,
    HTTPStatus.UNPROCESSABLE_ENTITY: web.HTTPUnprocessableEntity,
    HTTPStatus.BAD_GATEWAY: web.HTTPBadGateway,
}


def refuse(status: HTTPStatus, detail: str) -> NoReturn:
    problem = {"title": status.phrase, "status": status.value, "detail": detail}
    raise _RAISED[status](text=json.dumps(problem), content_type="application/problem+json")
