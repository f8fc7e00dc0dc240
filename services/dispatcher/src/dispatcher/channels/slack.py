"""Slack through its own library, one thread an incident and channel."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from tocsin_contracts.words import Channel

from dispatcher.channels.egress import Egress, host_of
from dispatcher.channels.http import HttpSession, outcome_of_error, retry_after
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
    Unknown,
)
from dispatcher.channels.slack_blocks import TEXT, blocks, fitting

OUR_OWN = frozenset(
    {
        "invalid_auth",
        "not_authed",
        "token_revoked",
        "token_expired",
        "missing_scope",
        "access_denied",
    }
)
"""About our token: an operator mends it, then the message goes."""
NOT_NOW = frozenset(
    {
        "ratelimited",
        "rate_limited",
        "message_limit_exceeded",
        "service_unavailable",
        "accesslimited",
    }
)
PERHAPS = frozenset({"fatal_error", "internal_error", "request_timeout"})
"""docs.slack.dev: "it's possible some aspect of the operation succeeded"."""


class SlackSettings(BaseSettings):
    slack_bot_token: SecretStr | None = Field(
        default=None, description="Bot token (`xoxb-…`) with `chat:write`; none: no Slack."
    )
    slack_base_url: str = Field(
        default="https://slack.com/api/", description="Where Slack's Web API answers."
    )
    slack_concurrency: int = Field(
        default=10, ge=1, le=100, description="Messages to Slack under way at once."
    )
    slack_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for Slack's answer."
    )


class SlackChannel:
    """A destination that Slack told to wait for is left alone until then; others go on."""

    name = Channel.SLACK

    def __init__(self, settings: SlackSettings, egress: Egress, http: HttpSession) -> None:
        self._settings = settings
        self._egress = egress
        self._http = http
        self._quiet_until: dict[str, float] = {}

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
        token = self._settings.slack_bot_token
        if token is None:
            return Rejected("no Slack token is set (SLACK_BOT_TOKEN)")
        wait = self._still_quiet(to.address)
        if wait is not None:
            return RetryLater("Slack asked to wait before the next message", wait)
        client = AsyncWebClient(
            token=token.get_secret_value(),
            base_url=self._settings.slack_base_url,
            session=self._http.session,
            # Its own handlers would repeat a reset connection: a duplicate nobody sees.
            retry_handlers=[],
        )
        outcome = await self._post(client, _arguments(message, to, idempotency_key))
        self._remember_quiet(to.address, outcome)
        return outcome

    async def _post(self, client: AsyncWebClient, arguments: dict[str, Any]) -> SendOutcome:
        try:
            async with asyncio.timeout(self._settings.slack_timeout_seconds):
                answer = await client.chat_postMessage(**arguments)
        except SlackApiError as error:
            return outcome_of_refusal(error, datetime.now(UTC))
        except (aiohttp.ClientError, TimeoutError, UnicodeDecodeError) as error:
            return outcome_of_error(error, "Slack")
        ts = answer.get("ts")
        return Accepted(str(ts)) if ts else Unknown("Slack said yes but named no message")

    def _still_quiet(self, address: str) -> timedelta | None:
        left = self._quiet_until.get(address, 0) - time.monotonic()
        if left <= 0:
            self._quiet_until.pop(address, None)
            return None
        return timedelta(seconds=left)

    def _remember_quiet(self, address: str, outcome: SendOutcome) -> None:
        if isinstance(outcome, RetryLater) and outcome.retry_after:
            self._quiet_until[address] = time.monotonic() + outcome.retry_after.total_seconds()


def outcome_of_refusal(error: SlackApiError, now: datetime) -> SendOutcome:
    """``ok: false`` with HTTP 200 is the usual shape of a failure; 429 carries Retry-After."""
    status, headers, name = _parts(error.response)
    if status == 429 or name in NOT_NOW:
        wait = retry_after(headers.get("Retry-After"), now)
        return RetryLater(f"Slack said {name or 'too many requests'}", wait)
    if status == 503:
        return RetryLater("Slack is unavailable", retry_after(headers.get("Retry-After"), now))
    if name in OUR_OWN:
        return RetryLater(f"Slack refuses our token ({name})")
    if name in PERHAPS or name is None or status >= 500:
        return Unknown(f"Slack gave no clear answer ({name or status})")
    return Rejected(f"Slack said {name}")


def _parts(response: Any) -> tuple[int, Mapping[str, str], str | None]:
    """The library puts its own response here, or aiohttp's where the body was no JSON."""
    status: int = getattr(response, "status_code", getattr(response, "status", 200))
    headers = getattr(response, "headers", None) or {}
    data = getattr(response, "data", None)
    name = data.get("error") if isinstance(data, dict) else None
    return status, headers, str(name)[:80] if name else None


def _arguments(message: RenderedMessage, to: Destination, key: str) -> dict[str, Any]:
    chat = message.chat
    made: dict[str, Any] = {
        "channel": to.address,
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
        "unfurl_links": False,
        "unfurl_media": False,
    }
    if chat is not None:
        made["blocks"] = blocks(chat)
    if message.thread.root_id is not None:
        made["thread_ts"] = message.thread.root_id
        made["reply_broadcast"] = bool(chat and chat.broadcast)
    return made
