"""Signed webhooks to URLs that clients choose (Standard Webhooks 1.0)."""

from __future__ import annotations

import asyncio
import binascii
import json
from datetime import UTC, datetime
from urllib.parse import urlsplit

import aiohttp
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook
from tocsin_contracts.words import Channel

from dispatcher.channels.egress import Egress
from dispatcher.channels.http import HttpSession, outcome_of_error, retry_after
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)


class WebhookSettings(BaseSettings):
    webhook_secret: SecretStr | None = Field(
        default=None,
        description="Signs for endpoints without a secret of their own: `whsec_` and base64.",
    )
    webhook_allow_private: bool = Field(
        default=False,
        description="Lets webhooks go to private and loopback addresses, and over plain HTTP.",
    )
    webhook_concurrency: int = Field(
        default=20, ge=1, le=200, description="Webhooks under way at once."
    )
    webhook_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for an endpoint's answer."
    )


class WebhookChannel:
    """No redirect is followed, and where the URL leads is checked as it is dialled."""

    name = Channel.WEBHOOK

    def __init__(self, settings: WebhookSettings, egress: Egress) -> None:
        self._settings = settings
        dial = egress.socket_for if settings.webhook_allow_private else egress.public_socket_for
        self._http = HttpSession(dial, connections=settings.webhook_concurrency)

    @property
    def concurrency(self) -> int:
        return self._settings.webhook_concurrency

    async def open(self) -> None:
        """Nothing to do before the first send."""

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """The key is the ``webhook-id``, the same at every attempt; the timestamp is not."""
        problem = self._problem_with(to.address)
        if problem is not None:
            return Rejected(problem)
        body = _body(message)
        try:
            headers = self._signed(body, to, idempotency_key, datetime.now(UTC))
        except (EmptyWebhookSecretError, binascii.Error, ValueError):
            return Rejected("the endpoint's secret is missing or not valid")
        return await self._post(to.address, body, headers)

    async def _post(self, url: str, body: str, headers: dict[str, str]) -> SendOutcome:
        try:
            async with asyncio.timeout(self._settings.webhook_timeout_seconds):
                async with self._http.session.post(
                    url, data=body.encode(), headers=headers, allow_redirects=False
                ) as answer:
                    return outcome_of_status(
                        answer.status,
                        answer.headers.get("Retry-After"),
                        headers["webhook-id"],
                        datetime.now(UTC),
                    )
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return outcome_of_error(error, "the endpoint")

    def _problem_with(self, url: str) -> str | None:
        try:
            parts = urlsplit(url)
        except ValueError:
            return "the endpoint has an address that is not a valid URL"
        allowed = ("https", "http") if self._settings.webhook_allow_private else ("https",)
        if parts.scheme not in allowed or not parts.hostname:
            return "the endpoint's address must begin with https://"
        return None

    def _signed(self, body: str, to: Destination, key: str, now: datetime) -> dict[str, str]:
        ours = self._settings.webhook_secret
        secret = to.secret or (ours.get_secret_value() if ours else "")
        identifier = key.replace(".", "-")
        return {
            "content-type": "application/json",
            "user-agent": "Tocsin",
            "webhook-id": identifier,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": Webhook(secret).sign(identifier, now, body),
        }


def outcome_of_status(status: int, wait: str | None, identifier: str, now: datetime) -> SendOutcome:
    """Standard Webhooks, "Delivery": only 2xx is success, a redirect is failure, 410 is for good.

    Anything else is repeated (a 404 may be a receiver that is being deployed), and without doubt:
    the receiver knows the message by its ``webhook-id``.
    """
    if 200 <= status < 300:
        return Accepted(identifier)
    if status == 410:
        return Rejected("the endpoint answered 410: it is gone for good")
    if 300 <= status < 400:
        return Rejected(f"the endpoint answered {status}: redirects are not followed")
    return RetryLater(f"the endpoint answered {status}", retry_after(wait, now))


def _body(message: RenderedMessage) -> str:
    if message.encoded is not None:
        return message.encoded.decode()
    return json.dumps(message.payload or {"type": message.kind.value}, ensure_ascii=False)
