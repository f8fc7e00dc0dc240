"""The page that shows what arrived: ``GET /``."""

from __future__ import annotations

import secrets
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING

import nh3
from aiohttp import web

from devstack.sandbox.problems import refuse

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

PAGE = Path(__file__).with_name("inbox.html")
VIEWS = "inbox_*.js"
"""Beside the page: how each channel shows its messages."""
MAIL_POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox allow-popups"
LAYOUT = {"style", "width", "height", "align", "valign", "bgcolor", "border", "role", "dir", "lang"}


class Inbox:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [web.get("/", self.page), web.get("/messages/{id}/html", self.html)]

    async def page(self, _: web.Request) -> web.Response:
        nonce = secrets.token_urlsafe(16)
        policy = (
            f"default-src 'none'; script-src 'nonce-{nonce}'; style-src 'nonce-{nonce}'; "
            "connect-src 'self'; frame-src 'self'"
        )
        views = [path.read_text(encoding="utf-8") for path in sorted(PAGE.parent.glob(VIEWS))]
        text = PAGE.read_text(encoding="utf-8").replace("__NONCE__", nonce)
        text = text.replace("__VIEWS__", "\n".join(views))
        return _html(text, policy)

    async def html(self, request: web.Request) -> web.Response:
        """The mail's HTML without anything that acts, for a frame that may not act either."""
        message = self._sandbox.mailbox.get(request.match_info["id"])
        if message is None or message.content.html is None:
            refuse(HTTPStatus.NOT_FOUND, "That message is not kept here or has no HTML part.")
        return _html(f'<base target="_blank">{cleaned(message.content.html)}', MAIL_POLICY)


def cleaned(html: str) -> str:
    return nh3.clean(
        html,
        tags=nh3.ALLOWED_TAGS | {"table", "tbody", "tr", "td", "center"},
        attributes={**nh3.ALLOWED_ATTRIBUTES, "*": LAYOUT},
    )


def _html(text: str, policy: str) -> web.Response:
    headers = {"Content-Security-Policy": policy, "Cache-Control": "no-store"}
    return web.Response(text=text, content_type="text/html", headers=headers)
