"""``POST /answer``: what the recipient of a message does with it."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from pydantic import BaseModel, ConfigDict, ValidationError

from devstack.sandbox.answer import CannotAnswer, Click, click
from devstack.sandbox.problems import refuse

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox


class Asked(BaseModel):
    """``click`` names a link or the button on its page; ``button`` and ``fields`` are optional."""

    model_config = ConfigDict(extra="forbid")

    message_id: str
    click: str | None = None
    button: str | None = None
    fields: dict[str, str] = {}
    press: str | None = None
    reply: str | None = None


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
        if asked.click is None:
            refuse(
                HTTPStatus.UNPROCESSABLE_ENTITY,
                f"A message by {message.channel} can only be answered with click.",
            )
        try:
            wanted = Click(asked.click, asked.button, asked.fields)
            return web.json_response(await click(message.item(), wanted))
        except CannotAnswer as error:
            refuse(HTTPStatus.UNPROCESSABLE_ENTITY, str(error))
        except (aiohttp.ClientError, TimeoutError) as error:
            refuse(HTTPStatus.BAD_GATEWAY, f"The page could not be opened: {error or 'timeout'}.")


def _asked(body: bytes) -> Asked:
    try:
        return Asked.model_validate_json(body)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = "/".join(str(part) for part in first["loc"]) or "body"
        refuse(HTTPStatus.UNPROCESSABLE_ENTITY, f"{place}: {first['msg']}")
