"""ntfy, for the page that shows how a channel is added.

Source: docs.ntfy.sh, "Publish as JSON": a POST of ``topic``, ``title`` and ``message`` with a
Bearer token; the answer is the message with its ``id``.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import uuid_utils
from aiohttp import web

from devstack.sandbox.http_faults import refusal, spoil
from devstack.sandbox.messages import Content, Message

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

USUAL_STATUS = {"reject": 403, "retry": 503, "rate_limit": 429}


class Ntfy:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/ntfy", self.publish)]

    async def publish(self, request: web.Request) -> web.Response:
        if request.headers.get("Authorization") != "Bearer tk_sandbox":
            return refusal(401, {"code": 40101, "error": "unauthorized"}, None)
        body = await request.read()
        topic = str(json.loads(body)["topic"])
        fault = self._sandbox.faults.hit("apprise", [topic])
        if fault is None:
            return self._take(topic, body)
        if fault.mode in USUAL_STATUS:
            status = int(fault.code or USUAL_STATUS[fault.mode])
            return refusal(status, {"error": f"fault: {fault.mode}"}, fault.retry_after)
        return await spoil(request, fault, lambda: self._take(topic, body))

    def _take(self, topic: str, body: bytes) -> web.Response:
        message = Message(
            channel="apprise",
            to=[topic],
            sender="ntfy",
            raw=body,
            received_at=datetime.now(UTC),
            read=_read,
        )
        self._sandbox.journal.write(message, key=None)
        self._sandbox.mailbox.add(message)
        named = uuid_utils.uuid4().hex[:12]
        return web.json_response({"id": named, "event": "message", "topic": topic})


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
