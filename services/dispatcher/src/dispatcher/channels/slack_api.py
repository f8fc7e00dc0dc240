"""Slack's Web API through its own library: one client a workspace, one HTTP session for all.

Methods raise ``SlackApiError`` for a refusal, and what aiohttp raises for the network.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable
from dataclasses import dataclass
from typing import Any, TypeVar

import aiohttp
from slack_sdk.web.async_client import AsyncWebClient

from dispatcher.channels.http import HttpSession
from dispatcher.channels.slack_address import SlackAddress
from dispatcher.channels.slack_settings import DEFAULT_TEAM, SlackSettings, Workspace, workspaces

CONVERSATIONS_KEPT = 10_000

AnswerT = TypeVar("AnswerT")


@dataclass(frozen=True)
class Identity:
    """Who our token is, as ``auth.test`` answers."""

    team: str
    user: str
    bot: str | None


class SlackApi:
    """``conversations`` remembers the channel of a direct message: it does not change."""

    def __init__(self, settings: SlackSettings, http: HttpSession) -> None:
        self._settings = settings
        self._http = http
        self._workspaces = workspaces(settings)
        self._conversations: OrderedDict[SlackAddress, str] = OrderedDict()
        self._identities: dict[str, Identity] = {}

    def workspace(self, team: str | None) -> Workspace | None:
        """That one; where a default one is named by its id, the caller must have asked who it is
        (:meth:`identity`)."""
        if not team:
            return self._workspaces.get(DEFAULT_TEAM)
        named = self._workspaces.get(team)
        ours = self._identities.get(DEFAULT_TEAM)
        if named is None and ours is not None and ours.team == team:
            return self._workspaces.get(DEFAULT_TEAM)
        return named

    @property
    def all_workspaces(self) -> tuple[Workspace, ...]:
        return tuple(self._workspaces.values())

    @property
    def session(self) -> aiohttp.ClientSession:
        """For a response_url, which no client of the library's is for."""
        return self._http.session

    def client(self, workspace: Workspace) -> AsyncWebClient:
        return AsyncWebClient(
            token=workspace.token,
            base_url=self._settings.slack_base_url,
            session=self._http.session,
            # Its own handlers would repeat a reset connection: a duplicate nobody sees.
            retry_handlers=[],
        )

    async def identity(self, workspace: Workspace) -> Identity:
        """Asked once."""
        known = self._identities.get(workspace.team)
        if known is None:
            answer = await self._in_time(self.client(workspace).auth_test())
            known = Identity(
                str(answer.get("team_id") or ""),
                str(answer.get("user_id") or ""),
                answer.get("bot_id"),
            )
            self._identities[workspace.team] = known
        return known

    async def channel_of(self, workspace: Workspace, to: SlackAddress) -> str:
        """The conversation's id: of a person it is that of the direct messages with them."""
        if not to.is_person:
            return to.place
        known = self._conversations.get(to)
        if known is None:
            client = self.client(workspace)
            known = await self._in_time(_opened(client, to))
            self._conversations[to] = known
            if len(self._conversations) > CONVERSATIONS_KEPT:
                self._conversations.popitem(last=False)
        return known

    def forget(self, to: SlackAddress) -> None:
        """Slack does not know that conversation any more."""
        self._conversations.pop(to, None)

    async def post(self, workspace: Workspace, arguments: dict[str, Any]) -> tuple[str, str]:
        """The channel's id and the message's ``ts``; an empty ``ts`` where Slack named none."""
        answer = await self._in_time(self.client(workspace).chat_postMessage(**arguments))
        return str(answer.get("channel") or arguments["channel"]), str(answer.get("ts") or "")

    async def update(self, workspace: Workspace, arguments: dict[str, Any]) -> None:
        await self._in_time(self.client(workspace).chat_update(**arguments))

    async def open_view(self, workspace: Workspace, trigger_id: str, view: dict[str, Any]) -> None:
        await self._in_time(self.client(workspace).views_open(trigger_id=trigger_id, view=view))

    async def _in_time(self, call: Awaitable[AnswerT]) -> AnswerT:
        async with asyncio.timeout(self._settings.slack_timeout_seconds):
            return await call


async def _opened(client: AsyncWebClient, to: SlackAddress) -> str:
    user = to.place
    if to.is_email:
        found = await client.users_lookupByEmail(email=to.place)
        user = str((found.get("user") or {}).get("id") or "")
    opened = await client.conversations_open(users=user)
    return str((opened.get("channel") or {}).get("id") or "")
