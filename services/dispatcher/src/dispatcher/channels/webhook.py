"""Signed webhooks to URLs that clients choose (Standard Webhooks 1.0)."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta

import aiohttp
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress

from dispatcher.channels.http import HttpSession, outcome_of_error, url_problem
from dispatcher.channels.port import (
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)
from dispatcher.channels.webhook_body import body_of
from dispatcher.channels.webhook_outcomes import WHO, outcome_of_status
from dispatcher.channels.webhook_signing import BadSecret, signed_headers

ENDPOINTS_KEPT = 10_000


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
    """No redirect is followed, and where the URL leads is checked as it is dialled.

    An endpoint that asked for time is left alone until then; the others go on.
    """

    name = Channel.WEBHOOK

    def __init__(self, settings: WebhookSettings, egress: Egress) -> None:
        self._settings = settings
        dial = egress.socket_for if settings.webhook_allow_private else egress.public_socket_for
        self._http = HttpSession(dial, connections=settings.webhook_concurrency)
        self._quiet_until: dict[str, float] = {}

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
        problem = url_problem(to.address, WHO, plain=self._settings.webhook_allow_private)
        if problem is not None:
            return Rejected(problem)
        body = _body(message)
        try:
            headers = self._signed(body, to, idempotency_key)
        except BadSecret:
            return Rejected("the endpoint's secret is missing or not valid")
        held = self._held(to.address)
        if held is not None:
            return held
        outcome = await self._post(to.address, body, headers)
        self._learn(to.address, outcome)
        return outcome

    async def _post(self, url: str, body: str, headers: dict[str, str]) -> SendOutcome:
        try:
            async with (
                asyncio.timeout(self._settings.webhook_timeout_seconds),
                self._http.session.post(
                    url, data=body.encode(), headers=headers, allow_redirects=False
                ) as answer,
            ):
                return outcome_of_status(
                    answer.status,
                    answer.headers.get("Retry-After"),
                    headers["webhook-id"],
                    datetime.now(UTC),
                )
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return outcome_of_error(error, WHO)

    def _signed(self, body: str, to: Destination, key: str) -> dict[str, str]:
        ours = self._settings.webhook_secret
        secret = to.secret or (ours.get_secret_value() if ours else "")
        return signed_headers(body, key, datetime.now(UTC), secret, to.previous_secret)

    def _held(self, url: str) -> RetryLater | None:
        left = self._quiet_until.get(url, 0.0) - time.monotonic()
        if left <= 0:
            self._quiet_until.pop(url, None)
            return None
        return RetryLater("the endpoint asked for time", timedelta(seconds=left), held=True)

    def _learn(self, url: str, outcome: SendOutcome) -> None:
        if isinstance(outcome, RetryLater) and outcome.retry_after:
            if len(self._quiet_until) >= ENDPOINTS_KEPT:
                self._quiet_until.clear()
            self._quiet_until[url] = time.monotonic() + outcome.retry_after.total_seconds()


def _body(message: RenderedMessage) -> str:
    if message.encoded is not None:
        return message.encoded.decode()
    return body_of(message.payload or {"type": message.kind.value})
