"""A mail that came in, by whichever way, and what becomes of it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import structlog
from tocsin_runtime.clock import Clock

from dispatcher.channels.mail_addresses import MailAddresses
from dispatcher.delivery.receipts import Receipt, Receipts
from dispatcher.replies.inbound import Inbound, Replies
from dispatcher.replies.mail_parsing import headers_alone
from dispatcher.replies.mail_sorting import Envelope, Leave, sort
from dispatcher.replies.texts import storable

log = structlog.get_logger()
UNREADABLE = "(a mail whose text could not be read)"
AT_ONCE = 2
"""Mails parsed at the same time: each may be large."""


class MailIntake:
    def __init__(
        self, *, ours: MailAddresses, replies: Replies, receipts: Receipts, clock: Clock
    ) -> None:
        self._ours = ours
        self._replies = replies
        self._receipts = receipts
        self._clock = clock
        self._parsing = asyncio.Semaphore(AT_ONCE)

    async def receive(self, raw: bytes, envelope: Envelope) -> str:
        """One word for what it was. Once it returns, what the mail said is safe; it raises only
        where it is not, so that the mail server keeps it and tries again."""
        sorted_: Receipt | Inbound | Leave = storable(await self._sorted(raw, envelope))
        if isinstance(sorted_, Leave):
            log.info("mail left alone", why=sorted_.why, size=len(raw))
            return "left"
        if isinstance(sorted_, Receipt):
            await self._receipts.record(sorted_)
            return "report"
        became = await self._replies.receive(sorted_)
        return type(became).__name__.lower()

    async def _sorted(self, raw: bytes, envelope: Envelope) -> Receipt | Inbound | Leave:
        """In a thread: a large mail takes a while. One that breaks what reads it would break it
        each time it came, so that it is not asked for again."""
        async with self._parsing:
            try:
                return await asyncio.to_thread(sort, raw, envelope, self._ours, self._clock.now())
            except Exception:
                log.exception("mail cannot be read", size=len(raw))
                return self._by_its_headers(raw, envelope)

    def _by_its_headers(self, raw: bytes, envelope: Envelope) -> Receipt | Inbound | Leave:
        """That somebody wrote is passed on, whatever they wrote."""
        try:
            found = sort(headers_alone(raw), envelope, self._ours, self._clock.now())
        except Exception:
            log.exception("not even the headers of a mail can be read", size=len(raw))
            return Leave("it cannot be read")
        return replace(found, text=UNREADABLE) if isinstance(found, Inbound) else found
