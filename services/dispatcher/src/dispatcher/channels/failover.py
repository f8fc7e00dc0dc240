"""A channel over several providers: the next where the one before is down, each left alone while
it rests."""

from __future__ import annotations

from collections.abc import Mapping

from tocsin_contracts import words

from dispatcher import metrics
from dispatcher.channels.health import ChannelHealth
from dispatcher.channels.port import (
    Channel,
    Destination,
    Edits,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)


class Providers:
    """``channels`` by the provider's name, in the order of use.

    A message that may have been taken goes to no other provider.
    """

    def __init__(self, channels: Mapping[str, Channel], health: ChannelHealth) -> None:
        self._channels = channels
        self._health = health
        self._first = next(iter(channels.values()))

    @property
    def name(self) -> words.Channel:
        return self._first.name

    @property
    def concurrency(self) -> int:
        return self._first.concurrency

    async def open(self) -> None:
        for channel in self._channels.values():
            await channel.open()

    async def close(self) -> None:
        for channel in self._channels.values():
            await channel.close()

    async def send(
        self, message: RenderedMessage, to: Destination, *, idempotency_key: str
    ) -> SendOutcome:
        said: RetryLater | None = None
        for provider in self._channels:
            outcome = await self._try(provider, message, to, idempotency_key)
            if outcome is None:
                continue
            if not isinstance(outcome, RetryLater) or not outcome.provider_down:
                if provider != next(iter(self._channels)):
                    metrics.FAILOVERS.labels(self.name.value).inc()
                return outcome
            said = said or outcome
        return said or resting(self._health)

    async def _try(
        self, provider: str, message: RenderedMessage, to: Destination, key: str
    ) -> SendOutcome | None:
        """``None``: this provider is left alone just now."""
        attempt = self._health.begin(provider)
        if attempt is None:
            return None
        outcome: SendOutcome | None = None
        try:
            outcome = await self._channels[provider].send(message, to, idempotency_key=key)
        finally:
            self._health.end(attempt, outcome)
        return outcome


class EditingProviders(Providers):
    """Over a provider whose messages can be changed where they stand."""

    def __init__(
        self, channels: Mapping[str, Channel], health: ChannelHealth, edits: Edits
    ) -> None:
        super().__init__(channels, health)
        self._edits = edits

    async def edit(
        self, message: RenderedMessage, to: Destination, *, provider_id: str
    ) -> SendOutcome:
        return await self._edits.edit(message, to, provider_id=provider_id)


def over(channels: Mapping[str, Channel], health: ChannelHealth) -> Channel:
    """The first's messages alone can be edited: another provider does not know them."""
    first = next(iter(channels.values()))
    if isinstance(first, Edits):
        return EditingProviders(channels, health, first)
    return Providers(channels, health)


def resting(health: ChannelHealth) -> RetryLater:
    """What becomes of a message while every provider is left alone."""
    failures = [state.reason for state in health.states if state.reason]
    why = f": {failures[0]}" if failures else ""
    return RetryLater(
        f"no provider of {health.channel.value} works just now{why}",
        retry_after=health.rests_in(),
        provider_down=True,
    )
