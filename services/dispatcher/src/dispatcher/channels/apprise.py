"""A hundred other services through the Apprise library, whose URLs are secrets.

Source: github.com/caronc/apprise. The library blocks, so it works in threads of its own, and says
no more than yes or no: accepted is all that is ever known.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from pydantic import Field
from pydantic_settings import BaseSettings
from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress

from dispatcher.channels import apprise_call
from dispatcher.channels.apprise_guard import checking
from dispatcher.channels.apprise_outcomes import WHO, outcome_of
from dispatcher.channels.port import (
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
    Unknown,
)

SAFE_SCHEMES = (
    "discord, gchat, googlechat, gotifys, ifttt, jsons, lark, line, matrixs, mmosts, ntfys, ops,"
    " opsgenie, pagerduty, pbul, pover, pushover, rockets, signals, slack, spush, tgram, twist,"
    " webexteams, wxteams, wxpusher, zulip"
)
"""Services over TLS or with a host of their own; none that acts on this machine."""


class AppriseSettings(BaseSettings):
    apprise_schemes: str = Field(
        default=SAFE_SCHEMES,
        description="The services that an Apprise URL may name, by its scheme.",
    )
    apprise_allow_private: bool = Field(
        default=False,
        description="Lets Apprise reach private and loopback addresses, such as a Gotify of one's"
        " own.",
    )
    apprise_concurrency: int = Field(
        default=8, ge=1, le=64, description="Messages through Apprise under way at once."
    )
    apprise_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for an answer of a service behind Apprise."
    )


class AppriseChannel:
    name = Channel.APPRISE

    def __init__(self, settings: AppriseSettings, egress: Egress) -> None:
        self._settings = settings
        self._schemes = frozenset(settings.apprise_schemes.lower().replace(",", " ").split())
        self._check = checking(egress, allow_private=settings.apprise_allow_private)
        self._threads: ThreadPoolExecutor | None = None

    @property
    def concurrency(self) -> int:
        return self._settings.apprise_concurrency

    async def open(self) -> None:
        apprise_call.keep_silent()

    async def close(self) -> None:
        threads, self._threads = self._threads, None
        if threads is not None:
            threads.shutdown(wait=False, cancel_futures=True)

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        """The key goes nowhere: the services behind Apprise have no common place for it."""
        scheme = scheme_of(to.address)
        if scheme not in self._schemes:
            return Rejected(f"{scheme or 'this'} is not among the services of APPRISE_SCHEMES")
        work = self._pool().submit(self._work, to.address, message, idempotency_key)
        try:
            async with asyncio.timeout(4 * self._settings.apprise_timeout_seconds):
                return await asyncio.shield(asyncio.wrap_future(work))
        except TimeoutError:
            if work.cancel():
                return RetryLater(f"{WHO} keeps every thread busy")
            return Unknown(f"{WHO} did not answer in time")

    def _work(self, url: str, message: RenderedMessage, key: str) -> SendOutcome:
        """In a thread."""
        plugin = apprise_call.plugin_of(url, patience=self._settings.apprise_timeout_seconds)
        if plugin is None:
            return Rejected("Apprise makes nothing of this URL")
        called = apprise_call.call(
            plugin, title=message.subject, body=message.text, check=self._check
        )
        return outcome_of(called, key)

    def _pool(self) -> ThreadPoolExecutor:
        if self._threads is None:
            size = self._settings.apprise_concurrency
            self._threads = ThreadPoolExecutor(size, thread_name_prefix="apprise")
        return self._threads


def scheme_of(url: str) -> str:
    """In lower case; empty where there is none, and no part of what may be a secret."""
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        return ""
    return scheme.lower() if scheme.isalnum() and len(scheme) <= 20 and "://" in url else ""
