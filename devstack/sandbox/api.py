"""What tests and people ask the sandbox: what came, what shall go wrong, press that button."""

from __future__ import annotations

from datetime import datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

from aiohttp import web
from pydantic import ValidationError

from devstack.sandbox.faults import CHANNELS, Fault
from devstack.sandbox.messages import Filter
from devstack.sandbox.problems import refuse

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox


class Api:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [
            web.get("/livez", self.livez),
            web.get("/messages", self.messages),
            web.get("/messages/{id}", self.message),
            web.delete("/messages", self.forget),
            web.get("/faults", self.faults),
            web.put("/faults/{channel}", self.put_fault),
            web.delete("/faults", self.clear_faults),
        ]

    async def livez(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "ok", "received": self._sandbox.mailbox.received})

    async def messages(self, request: web.Request) -> web.Response:
        found = list(self._sandbox.mailbox.find(_filter(request)))
        newest = found[-_limit(request) :]
        return web.json_response({"items": [message.item() for message in newest]})

    async def message(self, request: web.Request) -> web.Response:
        message = self._sandbox.mailbox.get(request.match_info["id"])
        if message is None:
            refuse(HTTPStatus.NOT_FOUND, f"No message {request.match_info['id']} is kept here.")
        return web.json_response(message.item())

    async def forget(self, _: web.Request) -> web.Response:
        return web.json_response({"deleted": self._sandbox.mailbox.clear()})

    async def faults(self, _: web.Request) -> web.Response:
        history = self._sandbox.faults.history
        return web.json_response({"items": [standing.item() for standing in history]})

    async def put_fault(self, request: web.Request) -> web.Response:
        channel = request.match_info["channel"]
        if channel not in CHANNELS:
            refuse(HTTPStatus.NOT_FOUND, f"No channel {channel}; there are {', '.join(CHANNELS)}.")
        fault = _fault(await request.read())
        problem = fault.problem_on(channel)
        if problem is not None:
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, problem)
        standing = self._sandbox.faults.put(channel, fault)
        return web.json_response(standing.item() if standing else {"channel": channel})

    async def clear_faults(self, _: web.Request) -> web.Response:
        self._sandbox.faults.clear()
        return web.Response(status=HTTPStatus.NO_CONTENT)


def _fault(body: bytes) -> Fault:
    try:
        return Fault.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join(str(part) for part in first["loc"]) or "body"
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}")


def _filter(request: web.Request) -> Filter:
    query = request.query
    return Filter(
        to=query.get("to"),
        channel=query.get("channel"),
        since=_since(query.get("since")),
        contains=query.get("contains"),
    )


def _limit(request: web.Request) -> int:
    """How many of the newest; 0 is all of them."""
    text = request.query.get("limit", "0")
    if not text.isdigit():
        refuse(HTTPStatus.BAD_REQUEST, "limit is a whole number.")
    return int(text)


def _since(text: str | None) -> datetime | str | None:
    """A moment with an offset, or a message's id."""
    if text is None or text.count("-") == 4:
        return text
    try:
        moment = datetime.fromisoformat(text.replace(" ", "+"))
    except ValueError:
        refuse(HTTPStatus.BAD_REQUEST, "since is an RFC 3339 time or a message's id.")
    if moment.tzinfo is None:
        refuse(HTTPStatus.BAD_REQUEST, "since needs an offset, such as Z or +01:00.")
    return moment
