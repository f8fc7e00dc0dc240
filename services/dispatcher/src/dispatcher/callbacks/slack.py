"""``POST /callbacks/slack/{events|interactivity|commands}``: the three URLs of a Slack app."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from slack_bolt.adapter.starlette.async_handler import to_async_bolt_request, to_starlette_response
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tocsin_runtime.clock import Clock
from tocsin_runtime.database import Database
from tocsin_runtime.egress import Egress

from dispatcher.callbacks.slack_app import SIGNERS, slack_app
from dispatcher.callbacks.slack_desk import SlackDesk
from dispatcher.callbacks.slack_outages import Outages
from dispatcher.callbacks.slack_signed import SlackSignatures
from dispatcher.channels.http import HttpSession
from dispatcher.channels.slack_api import SlackApi
from dispatcher.channels.slack_settings import SlackSettings
from dispatcher.delivery.composing import Composer
from dispatcher.replies.inbound import Replies
from dispatcher.replies.texts import storable

KINDS = ("events", "interactivity", "commands")
WITHIN_SECONDS = 2.5
"""Slack waits three."""


@dataclass(frozen=True)
class SlackFront:
    """What Slack calls; ``http`` is its own way out, for forms and sentences to one person."""

    routes: list[Route]
    http: HttpSession

    async def close(self) -> None:
        await self.http.close()


def slack_front(
    settings: SlackSettings,
    *,
    egress: Literal["any", "loopback"],
    environment: str,
    database: Database,
    replies: Replies,
    composer: Composer,
    clock: Clock,
) -> SlackFront:
    http = HttpSession(Egress.of(egress, environment).socket_for, connections=20)
    api = SlackApi(settings, http)
    app = slack_app(SlackDesk(database, replies, clock), Outages(database, composer, clock), api)
    return SlackFront(slack_routes(app, SlackSignatures.of(api.all_workspaces)), http)


def slack_routes(app: AsyncApp, signatures: SlackSignatures) -> list[Route]:
    """The three are answered alike: what is in the body says which it is."""

    async def received(request: Request) -> Response:
        body, signers = await signatures.verified(request)
        bolt_request = _understood(request, body, signers)
        try:
            async with asyncio.timeout(WITHIN_SECONDS):
                return to_starlette_response(await app.async_dispatch(bolt_request))
        except TimeoutError:
            raise HTTPException(503, "This took too long; send it again") from None

    return [Route(f"/callbacks/slack/{kind}", received, methods=["POST"]) for kind in KINDS]


def _understood(request: Request, body: bytes, signers: frozenset[str]) -> AsyncBoltRequest:
    """Raises :class:`HTTPException` (400): signed, and yet not of Slack's shape."""
    try:
        made = to_async_bolt_request(request, body, {SIGNERS: signers})
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise HTTPException(
            400, "This is not what Slack sends; compare it with docs.slack.dev"
        ) from error
    if not isinstance(made.body.get("event", {}), dict):
        raise HTTPException(400, "This is not what Slack sends; compare it with docs.slack.dev")
    made.body = storable(made.body)
    return made
