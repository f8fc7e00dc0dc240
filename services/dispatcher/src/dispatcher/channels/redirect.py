"""Staging: every message goes to a stand-in, and nothing to a real reader."""

from __future__ import annotations

from dataclasses import replace

from tocsin_contracts import words

from dispatcher.channels.port import (
    Channel,
    Destination,
    Edits,
    Rejected,
    RenderedMessage,
    SendOutcome,
)


class RedirectedChannel:
    """Wraps a channel; without a stand-in for it, its messages are refused, not sent."""

    def __init__(self, inner: Channel, redirects: dict[words.Channel, str]) -> None:
        self._inner = inner
        self._redirects = redirects

    @property
    def name(self) -> words.Channel:
        return self._inner.name

    @property
    def concurrency(self) -> int:
        return self._inner.concurrency

    async def open(self) -> None:
        await self._inner.open()

    async def close(self) -> None:
        await self._inner.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        stand_in = redirected(to, self._redirects)
        if stand_in is None:
            return Rejected(f"REDIRECT_ALL_TO names no stand-in for {to.channel.value}")
        outcome = await self._inner.send(message, stand_in, idempotency_key=idempotency_key)
        # What the stand-in brings about says nothing of the reader's own address.
        return Rejected(outcome.reason) if isinstance(outcome, Rejected) else outcome

    async def edit(
        self, message: RenderedMessage, to: Destination, *, provider_id: str
    ) -> SendOutcome:
        """What was sent to the stand-in is changed there."""
        stand_in = redirected(to, self._redirects)
        if stand_in is None or not isinstance(self._inner, Edits):
            return Rejected(f"a message by {to.channel.value} cannot be changed")
        return await self._inner.edit(message, stand_in, provider_id=provider_id)


def parse_redirects(setting: str | None) -> dict[words.Channel, str]:
    """``REDIRECT_ALL_TO``: ``ops@example.com`` or ``email=ops@example.com,slack=C024``."""
    redirects: dict[words.Channel, str] = {}
    for part in filter(None, (piece.strip() for piece in (setting or "").split(","))):
        name, _, address = part.rpartition("=")
        redirects[words.Channel(name or "email")] = address
    return redirects


def redirected(to: Destination, redirects: dict[words.Channel, str]) -> Destination | None:
    """Where a message goes in staging; ``None`` where the channel has no stand-in."""
    address = redirects.get(to.channel)
    if address is None:
        return None
    return replace(to, address=address)
