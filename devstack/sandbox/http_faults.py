"""How an HTTP provider misbehaves once its request has been understood."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from aiohttp import web

from devstack.sandbox.faults import Fault

Usual = Callable[[], web.Response]
"""Does the work and returns the answer a healthy provider would give."""


async def spoil(request: web.Request, fault: Fault, usual: Usual) -> web.Response:
    """``slow``, ``tarpit`` and ``drop``: the work is done, only the answer suffers."""
    answer = usual()
    if fault.mode == "drop":
        cut(request)
    else:
        await asyncio.sleep(fault.delay)
    return answer


def cut(request: web.Request) -> None:
    """Reset the connection, so that the caller learns nothing of what became of its request."""
    if request.transport is not None:
        request.transport.abort()


def refusal(status: int, body: object, retry_after: int | None) -> web.Response:
    headers = {} if retry_after is None else {"Retry-After": str(retry_after)}
    if 300 <= status < 400:
        # A caller that follows redirects is caught here, by its second request.
        headers["Location"] = "/webhooks/redirected"
    return web.json_response(body, status=status, headers=headers)
