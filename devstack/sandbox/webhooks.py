"""Receivers of signed webhooks, one for any name under ``/webhooks/``.

Source: Standard Webhooks 1.0 (headers ``webhook-id``, ``webhook-timestamp``,
``webhook-signature``; five minutes of tolerance), checked with its own library.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from aiohttp import web
from standardwebhooks.webhooks import Webhook

from devstack.sandbox.faults import Fault
from devstack.sandbox.http_faults import Usual, refusal, spoil
from devstack.sandbox.messages import Content, Message

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

USUAL_STATUS = {"reject": 400, "retry": 503, "rate_limit": 429}


class Webhooks:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/webhooks/{name:.+}", self.receive)]

    async def receive(self, request: web.Request) -> web.Response:
        name, url = request.match_info["name"], str(request.url)
        body = await request.read()
        fault = self._sandbox.faults.hit("webhook", [url, name])

        def usual() -> web.Response:
            return self._take(name, url, request, body)

        return usual() if fault is None else await _misbehave(request, fault, usual)

    def _take(self, name: str, url: str, request: web.Request, body: bytes) -> web.Response:
        problem = self._problem_with_signature(name, request, body)
        key = request.headers.get("webhook-id")
        message = Message(
            channel="webhook",
            to=[url],
            also_to=(name,),
            sender=request.headers.get("User-Agent", ""),
            raw=body,
            received_at=datetime.now(UTC),
            read=_reader({**request.headers}),
            facts={"verified": problem is None, "problem": problem},
        )
        self._sandbox.journal.write(message, key=key, verified=problem is None)
        self._sandbox.mailbox.add(message)
        if problem is not None:
            return web.json_response({"error": problem}, status=401)
        return web.Response(status=204)

    def _problem_with_signature(self, name: str, request: web.Request, body: bytes) -> str | None:
        """Why the signature is not good; ``None`` if it is."""
        secret = self._sandbox.webhook_secrets.get(name, self._sandbox.settings.webhook_secret)
        try:
            Webhook(secret).verify(body, dict(request.headers), json_parse=False)
        except Exception as error:
            return str(error) or type(error).__name__
        return None


async def _misbehave(request: web.Request, fault: Fault, usual: Usual) -> web.Response:
    if fault.mode not in USUAL_STATUS:
        return await spoil(request, fault, usual)
    retry_after = fault.retry_after
    if fault.mode == "rate_limit" and retry_after is None:
        retry_after = 1
    status = int(fault.code or USUAL_STATUS[fault.mode])
    return refusal(status, {"error": f"fault: {fault.mode}"}, retry_after)


def _reader(headers: dict[str, str]) -> Any:
    def read(message: Message) -> Content:
        body = _json(message.raw)
        return Content(
            subject=body.get("type") if isinstance(body, dict) else None,
            text=message.raw.decode(errors="replace"),
            html=None,
            headers=headers,
            thread=_thread(body),
            body=body,
        )

    return read


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None


def _thread(body: Any) -> str | None:
    """The incident it speaks of, where the body has one in its usual places."""
    data = body.get("data") if isinstance(body, dict) else None
    incident = data.get("incident", data) if isinstance(data, dict) else None
    named = incident.get("ref") or incident.get("id") if isinstance(incident, dict) else None
    return str(named) if named else None
