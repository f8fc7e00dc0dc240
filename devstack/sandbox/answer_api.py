"""``POST /answer``: what the recipient of a message does with it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from devstack.sandbox.answer import CannotAnswer, Click, click
from devstack.sandbox.messages import Message
from devstack.sandbox.problems import refuse

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox


class Asked(BaseModel):
    """``click`` names a link or the button on its page; ``button`` and ``fields`` are optional.

    ``press`` is a key of a telephone, ``reply`` what the person writes back; ``by`` is who it is,
    where several read the same message. ``report`` is what the network says became of it.
    """

    model_config = ConfigDict(extra="forbid")

    message_id: str
    click: str | None = None
    button: str | None = None
    fields: dict[str, str] = {}
    press: str | None = None
    reply: str | None = None
    report: str | None = None
    by: str | None = None


Reader = Callable[[Message, Asked], Awaitable[dict[str, Any] | None]]
"""Does with a message what is asked, by its own channel's means; ``None``: it is no such means, so
that its links are tried. Raises ``CannotAnswer``."""


class Answers:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def routes(self) -> list[web.RouteDef]:
        return [web.post("/answer", self.answer)]

    async def answer(self, request: web.Request) -> web.Response:
        asked = _asked(await request.read())
        message = self._sandbox.mailbox.get(asked.message_id)
        if message is None:
            refuse(HTTPStatus.NOT_FOUND, f"No message {asked.message_id} is kept here.")
        try:
            return web.json_response(await self._done(message, asked))
        except CannotAnswer as error:
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            refuse(HTTPStatus.BAD_GATEWAY, f"The page could not be opened: {error or 'timeout'}.")

    async def _done(self, message: Message, asked: Asked) -> dict[str, Any]:
        reader = self._sandbox.readers.get(message.channel)
        done = await reader(message, asked) if reader else None
        if done is not None:
            return done
        if asked.click is None:
            ways = "click, press or reply" if reader else "click"
            raise CannotAnswer(f"A message by {message.channel} can only be answered with {ways}.")
        return await click(message.item(), Click(asked.click, asked.button, asked.fields))


def _asked(body: bytes) -> Asked:
    try:
        return Asked.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join(str(part) for part in first["loc"]) or "body"
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}")
