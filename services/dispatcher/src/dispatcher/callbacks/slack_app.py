"""Slack's interactivity, events and commands through slack-bolt.

The signature is checked before (``slack_signed.py``), since each workspace may have a secret of its
own; bolt refuses workspaces that are none of ours, leaves out what our app itself says, and answers
the verification of the URL. It answers when the work is done, within Slack's three seconds: what
could not be saved is answered as failed, and Slack sends an event again.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncApp, AsyncBoltRequest
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.errors import SlackApiError
from slack_sdk.webhook.async_client import AsyncWebhookClient

from dispatcher.callbacks.slack_desk import SlackDesk
from dispatcher.callbacks.slack_outages import Outages
from dispatcher.callbacks.slack_payloads import FORM, Press, filled_of, press_of, said_of
from dispatcher.channels.message import Answer
from dispatcher.channels.slack_api import SlackApi
from dispatcher.channels.slack_blocks import ACTION
from dispatcher.channels.slack_settings import DEFAULT_TEAM, Workspace
from dispatcher.channels.slack_words import words_for

log = structlog.get_logger()
SIGNERS = "tocsin_signers"
"""Where a request's context holds the workspaces whose secret signed it."""
Ack = Callable[..., Awaitable[Any]]


def slack_app(desk: SlackDesk, outages: Outages, api: SlackApi) -> AsyncApp:
    return SlackListeners(desk, outages, api).app()


class SlackListeners:
    def __init__(self, desk: SlackDesk, outages: Outages, api: SlackApi) -> None:
        self._desk = desk
        self._outages = outages
        self._api = api
        self._telling: set[asyncio.Task[None]] = set()

    def app(self) -> AsyncApp:
        app = AsyncApp(
            name="tocsin",
            logger=_quiet_logger(),
            process_before_response=True,
            signing_secret="checked-before",  # noqa: S106 - no secret, and not used
            request_verification_enabled=False,
            ssl_check_enabled=False,
            attaching_function_token_enabled=False,
            before_authorize=self._known_team,
            authorize=self._authorizing(),
        )
        app.action(re.compile(f"^{ACTION}"))(self._pressed)
        app.view(FORM)(self._filled)
        app.command(re.compile(".*"))(self._asked)
        app.event(re.compile("^(message|app_mention)$"))(self._said)
        app.event(re.compile(".*"))(_nothing_to_do)
        app.action(re.compile(".*"))(_nothing_to_do)
        return app

    async def _known_team(
        self, req: AsyncBoltRequest, next_: Callable[[], Awaitable[BoltResponse]]
    ) -> BoltResponse:
        """The workspace that a request names must be the one whose secret signed it."""
        if req.body.get("type") == "url_verification":
            return await next_()
        workspace = await self._workspace(req.context.team_id, req.context.get(SIGNERS) or ())
        if workspace is None:
            log.warning("slack_unknown_workspace", team=str(req.context.team_id)[:40])
            return BoltResponse(status=403, body="This workspace is none of ours.")
        req.context["workspace"] = workspace
        return await next_()

    async def _workspace(self, team: str | None, signers: Any) -> Workspace | None:
        if team and DEFAULT_TEAM in signers:
            default = self._api.workspace(None)
            if default is not None:
                await self._api.identity(default)
        known = self._api.workspace(team) if team else None
        return known if known is not None and known.team in signers else None

    def _authorizing(self) -> Callable[..., Awaitable[AuthorizeResult]]:
        """A function of its own: bolt reads the names of its arguments, and a method's are not
        those it knows."""

        async def authorize(
            context: Any, enterprise_id: str | None, team_id: str | None
        ) -> AuthorizeResult:
            workspace: Workspace = context["workspace"]
            who = await self._api.identity(workspace)
            return AuthorizeResult(
                enterprise_id=enterprise_id,
                team_id=team_id,
                bot_user_id=who.user,
                bot_id=who.bot,
                bot_token=workspace.token,
            )

        return authorize

    async def _pressed(self, ack: Ack, body: dict[str, Any], context: Any) -> None:
        press = press_of(body)
        if press is None:
            await ack()
            return
        try:
            sentence = await self._answer(press, context["workspace"])
        except Exception:
            self._tell(press, words_for(None).not_now)
            raise
        await ack()
        if sentence is not None:
            self._tell(press, sentence)

    async def _answer(self, press: Press, workspace: Workspace) -> str | None:
        if press.answer is not Answer.ASK:
            return await self._desk.pressed(press)
        form = await self._desk.form_for(press)
        if isinstance(form, str):
            return form
        await self._api.open_view(workspace, press.trigger_id, form)
        return None

    async def _filled(self, ack: Ack, body: dict[str, Any]) -> None:
        form = filled_of(body)
        await ack(**(await self._desk.filled(form) if form else {}))

    async def _said(self, ack: Ack, body: dict[str, Any]) -> None:
        said = said_of(body)
        if said is not None:
            await self._desk.said(said)
        await ack()

    async def _asked(self, ack: Ack, command: dict[str, Any]) -> None:
        channel = str(command.get("channel_id") or "")
        await ack(**await self._outages.told_in(channel))

    def _tell(self, press: Press, sentence: str) -> None:
        """To whoever pressed alone, beside the message; nothing depends on it."""
        if press.response_url is None:
            return
        task = asyncio.create_task(self._told(press.response_url, sentence))
        self._telling.add(task)
        task.add_done_callback(self._telling.discard)

    async def _told(self, url: str, sentence: str) -> None:
        webhook = AsyncWebhookClient(url, session=self._api.session, retry_handlers=[])
        try:
            await webhook.send(text=sentence, response_type="ephemeral", replace_original=False)
        except (aiohttp.ClientError, SlackApiError, TimeoutError) as error:
            log.info("slack_not_told", error=type(error).__name__)


async def _nothing_to_do(ack: Ack) -> None:
    await ack()


def _quiet_logger() -> logging.Logger:
    """Bolt's own debug lines hold what people wrote."""
    logger = logging.getLogger("tocsin.slack")
    logger.setLevel(logging.WARNING)
    return logger
