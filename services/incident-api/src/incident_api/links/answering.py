"""What came by a link is looked at, or done, in one transaction."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Response
from tocsin_runtime.database import Connection

from incident_api.links.rendering import page
from incident_api.links.tokens import LinkRefused
from incident_api.web.parts import Parts


async def answered(parts: Parts, act: Callable[[Connection], Awaitable[Response]]) -> Response:
    """A link that opens nothing (any more) answers with a page that says so."""
    try:
        async with parts.database.transaction() as conn:
            return await act(conn)
    except LinkRefused as refused:
        return page("refused.html", 410, reason=str(refused))
