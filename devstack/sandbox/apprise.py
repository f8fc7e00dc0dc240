"""Receivers of Apprise's ``json://`` service, one for any name under ``/apprise/``.

Source: github.com/caronc/apprise wiki, "Notify_Custom_JSON": a POST of ``version``, ``title``,
``message``, ``attachments`` and ``type``; any 2xx is a yes.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web

from devstack.sandbox.http_faults import refusal, spoil
from devstack.sandbox.messages import Content, Message

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

USUAL_STATUS = {"reject": 400, "retry": 503, "rate_limit": 429}


class AppriseReceivers:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/apprise/{name:.+}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        name, body = request.match_info["name"], await request.read()
        fault = self._sandbox.faults.hit("apprise", [name])
        if fault is None:
            return self._take(name, request, body)
        if fault.mode in USUAL_STATUS:
            status = int(fault.code or USUAL_STATUS[fault.mode])
            return refusal(status, {"error": f"fault: {fault.mode}"}, fault.retry_after)
        return await spoil(request, fault, lambda: self._take(name, request, body))

    def _take(self, name: str, request: web.Request, body: bytes) -> web.Response:
        message = Message(
            channel="apprise",
            to=[name],
            sender=request.headers.get("User-Agent", ""),
            raw=body,
            received_at=datetime.now(UTC),
            read=_read,
        )
        self._sandbox.journal.write(message, key=None)
        self._sandbox.mailbox.add(message)
        return web.Response(status=204)


def _read(message: Message) -> Content:
    document: Any = json.loads(message.raw)
    return Content(
        subject=document.get("title"),
        text=str(document.get("message", "")),
        html=None,
        headers={},
        thread=None,
        body=document,
    )
