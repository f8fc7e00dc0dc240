"""Microsoft Teams through a workflow's webhook, as an Adaptive Card.

Source: learn.microsoft.com, "Create incoming webhooks with Workflows for Microsoft Teams". The URL
holds the workflow's signature (``sig=``): it is a secret and is never written anywhere.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import aiohttp
from pydantic import Field
from pydantic_settings import BaseSettings
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress
from yarl import URL

from dispatcher.channels import pacing
from dispatcher.channels.http import HttpSession, outcome_of_error, retry_after, url_problem
from dispatcher.channels.message import ChatMessage
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
from dispatcher.channels.teams_card import card_body

PACES_KEPT = 10_000
NOT_ITS_TURN = "waits for its turn: a Teams workflow takes four messages a second"
ASKED_TO_WAIT = "Teams asked to wait before the next message"
WHO = "the Teams workflow"
GONE = frozenset({400, 401, 403, 404, 405, 410})
"""The workflow was switched off or deleted, its URL was replaced, or it does not know the form."""


class TeamsSettings(BaseSettings):
    teams_allow_private: bool = Field(
        default=False,
        description="Lets Teams messages go to private and loopback addresses, and over plain"
        " HTTP: for trying things out, never in production.",
    )
    teams_concurrency: int = Field(
        default=4, ge=1, le=100, description="Messages to Teams workflows under way at once."
    )
    teams_seconds_per_message: float = Field(
        default=0.25,
        ge=0,
        description="Time between two messages to one Teams workflow; Teams takes about four a"
        " second. 0: no pace of our own.",
    )
    teams_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for a Teams workflow's answer."
    )


class TeamsChannel:
    """A workflow answers before it posts, so accepted is all that is ever known."""

    name = Channel.TEAMS

    def __init__(self, settings: TeamsSettings, egress: Egress) -> None:
        self._settings = settings
        dial = egress.socket_for if settings.teams_allow_private else egress.public_socket_for
        self._http = HttpSession(dial, connections=settings.teams_concurrency)
        self._paces: dict[str, Pace] = {}

    @property
    def concurrency(self) -> int:
        return self._settings.teams_concurrency

    async def open(self) -> None:
        """Nothing to do before the first send."""

    async def close(self) -> None:
        await self._http.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """The key is the run's client tracking id, by which a workflow's history finds it."""
        problem = url_problem(to.address, WHO, plain=self._settings.teams_allow_private)
        if problem is not None:
            return Rejected(problem)
        try:
            body = card_body(message.chat or _plain(message))
        except ValueError as error:
            return Rejected(str(error))
        return self._held(to.address) or await self._paced(to.address, body, idempotency_key)

    def _held(self, url: str) -> RetryLater | None:
        """``None``: it is its turn, which is taken now."""
        every = self._settings.teams_seconds_per_message
        pace, wait = pacing.ask(self._paces.get(url, Pace()), time.monotonic(), every)
        if len(self._paces) >= PACES_KEPT:
            self._paces.clear()
        self._paces[url] = pace
        if not wait:
            return None
        reason = ASKED_TO_WAIT if pace.asked else NOT_ITS_TURN
        return RetryLater(reason, timedelta(seconds=wait), held=True)

    async def _paced(self, url: str, body: bytes, key: str) -> SendOutcome:
        outcome = await self._post(url, body, key)
        if isinstance(outcome, RetryLater) and outcome.retry_after:
            until = time.monotonic() + outcome.retry_after.total_seconds()
            self._paces[url] = pacing.hold(self._paces.get(url, Pace()), until)
        return outcome

    async def _post(self, url: str, body: bytes, key: str) -> SendOutcome:
        headers = {
            # Without the charset Teams counts two bytes a character, and takes half as much.
            "content-type": "application/json; charset=utf-8",
            "user-agent": "Tocsin",
            "x-ms-client-tracking-id": key,
        }
        try:
            async with (
                asyncio.timeout(self._settings.teams_timeout_seconds),
                self._http.session.post(
                    # Exactly as it was copied: what is signed may be its spelling.
                    URL(url, encoded=True),
                    data=body,
                    headers=headers,
                    allow_redirects=False,
                ) as answer,
            ):
                return outcome_of_answer(answer.status, answer.headers, key, datetime.now(UTC))
        except (aiohttp.ClientError, TimeoutError, ValueError) as error:
            return outcome_of_error(error, WHO)


def outcome_of_answer(
    status: int, headers: Mapping[str, str], key: str, now: datetime
) -> SendOutcome:
    """Only 202 is a workflow's yes; any other success comes from something that is none."""
    if status == 202:
        return Accepted(headers.get("x-ms-workflow-run-id") or key)
    if 200 <= status < 300:
        return Unknown(f"{WHO} answered {status} and not 202: is it a workflow's URL?")
    if status == 413:
        return Rejected(f"{WHO} found the message too large")
    if 300 <= status < 400:
        return Rejected(f"{WHO} answered {status}: redirects are not followed")
    if status in GONE:
        return Rejected(f"{WHO} answered {status}: it is switched off, or its URL was replaced")
    return RetryLater(f"{WHO} answered {status}", retry_after(headers.get("Retry-After"), now))


def _plain(message: RenderedMessage) -> ChatMessage:
    return ChatMessage(
        header=message.subject[:150], fields=(), fallback=message.subject, body=message.text
    )
