"""ntfy: a push message to everybody who subscribed to a topic.

Source: docs.ntfy.sh, "Publishing", section "Publish as JSON" (messages of at most 4,096 bytes).
"""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime

import aiohttp
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
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress, host_of

WHO = "ntfy"


class NtfySettings(BaseSettings):
    ntfy_url: str = Field(default="https://ntfy.sh", description="Where ntfy answers.")
    ntfy_token: SecretStr | None = Field(default=None, description="Access token (`tk_…`).")
    ntfy_timeout_seconds: float = Field(default=15, gt=0, description="Longest wait for it.")


class NtfyChannel:
    name = Channel.APPRISE  # Borrowed for this page; one that stays gets a word of its own.
    concurrency = 10

    def __init__(self, settings: NtfySettings, egress: Egress, http: HttpSession) -> None:
        self._settings = settings
        self._egress = egress
        self._http = http

    async def open(self) -> None:
        self._egress.check_provider("NTFY_URL", host_of(self._settings.ntfy_url))

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self,
        message: RenderedMessage,
        to: Destination,
        *,
        idempotency_key: str,  # noqa: ARG002 - ntfy has no place for it
    ) -> SendOutcome:
        text = message.text.encode()[:4_096].decode(errors="ignore")
        body = {"topic": to.address, "title": message.subject, "message": text}
        try:
            async with (
                asyncio.timeout(self._settings.ntfy_timeout_seconds),
                self._http.session.post(
                    self._settings.ntfy_url, json=body, headers=self._headers()
                ) as answer,
            ):
                return _outcome(answer, await answer.content.read(10_000))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return outcome_of_error(error, WHO)

    def _headers(self) -> dict[str, str]:
        token = self._settings.ntfy_token
        return {"Authorization": f"Bearer {token.get_secret_value()}"} if token else {}


def _outcome(answer: aiohttp.ClientResponse, body: bytes) -> SendOutcome:
    if answer.status == 429 or answer.status >= 500:
        wait = retry_after(answer.headers.get("Retry-After"), datetime.now(UTC))
        return RetryLater(f"ntfy answered {answer.status}", wait)
    if answer.status != 200:
        return Rejected(f"ntfy answered {answer.status}")
    named = json.loads(body)["id"] if answer.content_type == "application/json" else None
    return Accepted(named) if named else Unknown("ntfy said yes but named no message")
