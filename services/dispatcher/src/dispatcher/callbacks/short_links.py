"""``GET /l/{code}``: a short link leads on to the long one, which is signed only now.

Opening it changes nothing: whatever the reader does, they do on the page behind it.
"""

from __future__ import annotations

from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database

from dispatcher.links import short_store
from dispatcher.links.short import LENGTH, digest_of
from dispatcher.links.tokens import LinkMaker

HEADERS = {
    "Cache-Control": "no-store",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Robots-Tag": "noindex",
}
NOWHERE = (
    "This link is not complete, or it is too old.\n"
    "Please open it from the message again, or call the number in the message.\n"
)


@dataclass(frozen=True)
class ShortLinks:
    """``links`` ``None``: no key is set, so that none was ever sent."""

    database: Database
    clock: Clock
    links: LinkMaker | None

    def routes(self) -> list[Route]:
        return [Route("/l/{code}", self.open, methods=["GET"])]

    async def open(self, request: Request) -> Response:
        url = await self._behind(request.path_params["code"])
        if url is None:
            return PlainTextResponse(NOWHERE, status_code=404, headers=HEADERS)
        return RedirectResponse(url, status_code=303, headers=HEADERS)

    async def _behind(self, code: str) -> str | None:
        if self.links is None or len(code) != LENGTH:
            return None
        async with self.database.connection() as conn:
            found = await short_store.find(conn, digest_of(code), self.clock.now())
        return self.links.make(*found) if found else None
