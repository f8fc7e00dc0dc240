"""Workflows of Microsoft Teams that post what their webhook receives, one for any name.

Sources: learn.microsoft.com, "Create incoming webhooks with Workflows for Microsoft Teams" (202
before anything is posted; about 28 KB, counted at two bytes a character unless the request says
``charset=utf-8``; four requests a second, then 429) and "Receive and respond to inbound HTTPS
requests" (the URL's ``sig`` authorises, ``x-ms-workflow-run-id`` names the run).
"""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import uuid_utils
from aiohttp import web

from devstack.sandbox.faults import Fault
from devstack.sandbox.http_faults import Usual, refusal, spoil
from devstack.sandbox.messages import Content, Message
from devstack.sandbox.teams_card import html_of, problem_with, text_of

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

MOST_BYTES = 28 * 1024
PATH = "/workflows/{name}/triggers/manual/paths/invoke"
USUAL_STATUS = {"reject": 400, "retry": 503, "rate_limit": 429}


class Teams:
    """A card that a workflow cannot post is kept with ``posted`` false: its sender had its 202."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._free_at: dict[str, float] = {}

    def routes(self) -> list[web.RouteDef]:
        return [web.post(PATH, self.receive)]

    def url(self, name: str) -> str:
        """The webhook of the workflow called ``name``, as a user copies it from Teams."""
        path = PATH.format(name=name)
        signature = self._sandbox.settings.teams_signature
        return f"{self._sandbox.url}{path}?api-version=1&sp=%2Ftriggers&sv=1.0&sig={signature}"

    async def receive(self, request: web.Request) -> web.Response:
        name = request.match_info["name"]
        if request.query.get("sig") != self._sandbox.settings.teams_signature:
            return _error(HTTPStatus.UNAUTHORIZED, "DirectApiAuthorizationRequired")
        body = await request.read()
        fault = self._sandbox.faults.hit("teams", [self.url(name), name])
        if fault is None:
            return self._limited(name) or self._take(name, request, body)
        return await _misbehave(request, fault, lambda: self._take(name, request, body))

    def _limited(self, name: str) -> web.Response | None:
        every = self._sandbox.settings.teams_seconds_per_message
        now = time.monotonic()
        if not every:
            return None
        if now < self._free_at.get(name, 0.0):
            return refusal(429, {"error": {"code": "429"}}, 1)
        self._free_at[name] = now + every
        return None

    def _take(self, name: str, request: web.Request, body: bytes) -> web.Response:
        if _counted(request, body) > MOST_BYTES:
            return _error(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "RequestEntityTooLarge")
        document = _json(body)
        if not isinstance(document, dict):
            return _error(HTTPStatus.BAD_REQUEST, "InvalidRequestContent")
        run = uuid_utils.uuid4().hex
        key = request.headers.get("x-ms-client-tracking-id")
        problem = problem_with(document)
        facts = {"posted": problem is None, "problem": problem, "run": run, "key": key}
        message = Message(
            channel="teams",
            to=[self.url(name)],
            also_to=(name,),
            sender="Workflows",
            raw=body,
            received_at=datetime.now(UTC),
            read=_read,
            facts=facts,
        )
        self._sandbox.journal.write(message, key=key, posted=problem is None)
        self._sandbox.mailbox.add(message)
        return web.Response(status=202, headers={"x-ms-workflow-run-id": run})


def _counted(request: web.Request, body: bytes) -> int:
    """Teams reads what names no charset as two bytes a character."""
    if (request.charset or "").lower() == "utf-8":
        return len(body)
    return 2 * len(body.decode(errors="replace"))


async def _misbehave(request: web.Request, fault: Fault, usual: Usual) -> web.Response:
    if fault.mode not in USUAL_STATUS:
        return await spoil(request, fault, usual)
    wait = fault.retry_after
    if fault.mode == "rate_limit" and wait is None:
        wait = 1
    status = int(fault.code or USUAL_STATUS[fault.mode])
    return refusal(status, {"error": {"code": f"fault: {fault.mode}"}}, wait)


def _error(status: HTTPStatus, code: str) -> web.Response:
    return web.json_response({"error": {"code": code}}, status=status)


def _read(message: Message) -> Content:
    document = _json(message.raw)
    card = document["attachments"][0]["content"] if message.facts["posted"] else {}
    text = text_of(card)
    return Content(
        subject=text.partition("\n")[0] or None,
        text=text,
        html=html_of(card) if card else None,
        headers={"x-ms-client-tracking-id": message.facts["key"] or ""},
        thread=None,
        body=document,
    )


def _json(raw: bytes) -> Any:
    try:
        return json.loads(raw)
    except ValueError:
        return None
