"""``GET /unsubscribe/{token}`` shows a page, ``POST`` acts (RFC 8058, 3.1 and 3.2).

A mail program posts ``List-Unsubscribe=One-Click`` in a form of either kind, without cookies, and
perhaps again; a scanner that merely opens the address changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import NAMESPACE_URL, uuid5

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import Route
from tocsin_contracts.events import Unsubscribed
from tocsin_runtime import timers
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.outbox import Outbox, new_event

from dispatcher.callbacks.unsubscribe_words import (
    HEADERS,
    done_page,
    question_page,
    refused_page,
)
from dispatcher.delivery.noting import wishes_for_less
from dispatcher.links.unsubscribing import Leaving, NotOurs, Unsubscribing
from dispatcher.replies.store import is_first

LONGEST_BODY = 8 * 1024
"""Bytes; the form has one field."""


@dataclass(frozen=True)
class Unsubscriber:
    links: Unsubscribing
    database: Database
    outbox: Outbox
    clock: Clock

    def routes(self) -> list[Route]:
        return [
            Route("/unsubscribe/{token}", self.show, methods=["GET"]),
            Route("/unsubscribe/{token}", self.act, methods=["POST"]),
        ]

    async def show(self, request: Request) -> Response:
        leaving = self._leaving(request)
        return _page(question_page(leaving.locale)) if leaving else _page(refused_page(), 404)

    async def act(self, request: Request) -> Response:
        leaving = self._leaving(request)
        if leaving is None:
            return _page(refused_page(), 404)
        one_click = await _is_one_click(request)
        if one_click is None:
            return _page(question_page(leaving.locale), 400)
        await self._publish(leaving, one_click=one_click)
        return _page(done_page(leaving.locale))

    async def _publish(self, leaving: Leaving, *, one_click: bool) -> None:
        """The same mail asks once however often it does: the event's id is the mail's."""
        now = self.clock.now()
        data = Unsubscribed(
            client_key=leaving.client_key,
            person=leaving.person,
            channel=leaving.channel,
            incident_id=leaving.incident_id,
            one_click=one_click,
            at=now,
        )
        event = new_event(data, source="dispatcher", subject=leaving.incident_id, now=now)
        once = str(uuid5(NAMESPACE_URL, f"tocsin:unsubscribe:{leaving.delivery_id}"))
        note = wishes_for_less(
            leaving.incident_id, leaving.client_key, leaving.person, leaving.channel, now
        )
        async with self.database.transaction() as conn:
            await self.outbox.add(conn, [event.model_copy(update={"id": once})])
            if await is_first(conn, leaving.channel, f"unsubscribe:{leaving.delivery_id}", now):
                await timers.arm(conn, [note])

    def _leaving(self, request: Request) -> Leaving | None:
        try:
            return self.links.read(request.path_params["token"])
        except NotOurs:
            return None


async def _is_one_click(request: Request) -> bool | None:
    """Whether a mail program asks, or the button of our page; ``None``: neither of them."""
    length = request.headers.get("Content-Length", "0")
    if not length.isdigit() or int(length) > LONGEST_BODY:
        raise HTTPException(
            413, f"The form is longer than {LONGEST_BODY} bytes; send its one field alone"
        )
    async with request.form(max_fields=10, max_files=0, max_part_size=LONGEST_BODY) as form:
        if form.get("List-Unsubscribe") == "One-Click":
            return True
        return False if form.get("from") == "page" else None


def _page(text: str, status: int = 200) -> Response:
    return HTMLResponse(text, status, HEADERS)
