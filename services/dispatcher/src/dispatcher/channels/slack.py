"""Slack through its own library, one thread an incident and channel."""

from __future__ import annotations

import time
from collections.abc import Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress, host_of

from dispatcher.channels import pacing
from dispatcher.channels.http import HttpSession, outcome_of_error
from dispatcher.channels.pacing import Pace
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
    Unknown,
)
from dispatcher.channels.slack_address import (
    SlackAddress,
    parse_address,
    parse_provider_id,
    provider_id_of,
)
from dispatcher.channels.slack_api import SlackApi
from dispatcher.channels.slack_blocks import TEXT, fitting, message_blocks
from dispatcher.channels.slack_outcomes import outcome_of_refusal
from dispatcher.channels.slack_settings import SlackSettings, Workspace

__all__ = ["SlackChannel", "SlackSettings"]

FAILURES = (SlackApiError, aiohttp.ClientError, TimeoutError, UnicodeDecodeError)
PACES_KEPT = 10_000
NOT_ITS_TURN = "waits for its turn: Slack takes one message a second to a channel"
ASKED_TO_WAIT = "Slack asked to wait before the next message"


class SlackChannel:
    """One message a second and channel, held by us; a channel that Slack told to wait is left
    alone until then. Others go on."""

    name = Channel.SLACK

    def __init__(self, settings: SlackSettings, egress: Egress, http: HttpSession) -> None:
        self._settings = settings
        self._egress = egress
        self._http = http
        self.api = SlackApi(settings, http)
        self._paces: dict[str, Pace] = {}

    @property
    def concurrency(self) -> int:
        return self._settings.slack_concurrency

    async def open(self) -> None:
        self._egress.check_provider("SLACK_BASE_URL", host_of(self._settings.slack_base_url))

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """The key travels in the message's metadata: Slack itself knows no idempotency."""
        address = parse_address(to.address)
        workspace = self.api.workspace(address.team)
        if workspace is None:
            return _unknown_workspace(address)
        held = self._held(to.address)
        if held is not None:
            return held
        outcome = await _outcome(self._posted(workspace, address, message, idempotency_key))
        self._learn(to.address, address, outcome)
        return outcome

    async def edit(
        self, message: RenderedMessage, to: Destination, *, provider_id: str
    ) -> SendOutcome:
        """chat.update: the message stands where it stood, nobody is notified."""
        address = parse_address(to.address)
        workspace = self.api.workspace(address.team)
        if workspace is None:
            return _unknown_workspace(address)
        return await _outcome(self._updated(workspace, address, message, provider_id))

    async def _posted(
        self, workspace: Workspace, address: SlackAddress, message: RenderedMessage, key: str
    ) -> SendOutcome:
        channel = await self.api.channel_of(workspace, address)
        arguments = {**_said(message, key), "channel": channel, **_threading(message)}
        arguments |= {"unfurl_links": False, "unfurl_media": False}
        posted_in, ts = await self.api.post(workspace, arguments)
        if not ts:
            return Unknown("Slack said yes but named no message")
        return Accepted(provider_id_of(posted_in, ts))

    async def _updated(
        self,
        workspace: Workspace,
        address: SlackAddress,
        message: RenderedMessage,
        provider_id: str,
    ) -> SendOutcome:
        channel, ts = parse_provider_id(provider_id)
        channel = channel or await self.api.channel_of(workspace, address)
        key = message.thread.message_id
        await self.api.update(workspace, {**_said(message, key), "channel": channel, "ts": ts})
        return Accepted(provider_id_of(channel, ts))

    def _held(self, place: str) -> RetryLater | None:
        """``None``: it is its turn, which is taken now."""
        now = time.monotonic()
        pace, wait = pacing.ask(
            self._paces.get(place, Pace()), now, self._settings.slack_seconds_per_message
        )
        self._paces[place] = pace
        if len(self._paces) > PACES_KEPT:
            self._paces = {key: one for key, one in self._paces.items() if one.free_at > now}
        if wait <= 0:
            return None
        why = ASKED_TO_WAIT if pace.asked else NOT_ITS_TURN
        return RetryLater(why, timedelta(seconds=wait), held=True)

    def _learn(self, place: str, address: SlackAddress, outcome: SendOutcome) -> None:
        if isinstance(outcome, RetryLater) and outcome.retry_after:
            until = time.monotonic() + outcome.retry_after.total_seconds()
            self._paces[place] = pacing.hold(self._paces.get(place, Pace()), until)
        if isinstance(outcome, Rejected):
            self.api.forget(address)


def _unknown_workspace(address: SlackAddress) -> Rejected:
    if address.team is None:
        return Rejected("no Slack token is set (SLACK_BOT_TOKEN)")
    return Rejected(f"no token is set for the workspace {address.team} (SLACK_WORKSPACES)")


async def _outcome(call: Awaitable[SendOutcome]) -> SendOutcome:
    try:
        return await call
    except SlackApiError as error:
        return outcome_of_refusal(error, datetime.now(UTC))
    except FAILURES as error:
        return outcome_of_error(error, "Slack")


def _said(message: RenderedMessage, key: str) -> dict[str, Any]:
    chat = message.chat
    made: dict[str, Any] = {
        "text": fitting(chat.fallback if chat else message.text, TEXT),
        "metadata": {
            "event_type": "tocsin_message",
            "event_payload": {
                "idempotency_key": key,
                "kind": message.kind.value,
                # Names the incident, which a channel's own words need not.
                "subject": message.subject,
            },
        },
    }
    if chat is not None:
        made["blocks"] = message_blocks(message, key)
    return made


def _threading(message: RenderedMessage) -> dict[str, Any]:
    """In the root's thread, never in that of a reply."""
    if message.thread.root_id is None:
        return {}
    _, ts = parse_provider_id(message.thread.root_id)
    return {"thread_ts": ts, "reply_broadcast": bool(message.chat and message.chat.broadcast)}
