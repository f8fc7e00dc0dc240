"""Email, over mail servers that are tried in order: the next where the one before is down."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tocsin_contracts.words import Channel
from tocsin_runtime.egress import Egress

from dispatcher.channels import mime
from dispatcher.channels.dkim_signing import Signer
from dispatcher.channels.failover import resting
from dispatcher.channels.health import ChannelHealth
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    RetryLater,
    SendOutcome,
)
from dispatcher.channels.smtp_relay import NO_UTF8, Mail, SmtpRelay
from dispatcher.channels.smtp_settings import EmailSettings

__all__ = ["EmailChannel", "EmailSettings"]


class EmailChannel:
    name = Channel.EMAIL

    def __init__(
        self,
        settings: EmailSettings,
        egress: Egress,
        monotonic: Callable[[], float] = time.monotonic,
        health: ChannelHealth | None = None,
    ) -> None:
        """``health`` watches the relays by their names; without it each is always tried."""
        self._settings = settings
        self._relays = [SmtpRelay(relay, settings, egress) for relay in settings.relays()]
        self._signer = _signer(settings)
        self._monotonic = monotonic
        self._health = health

    @property
    def concurrency(self) -> int:
        return max(relay.relay.connections for relay in self._relays)

    async def open(self) -> None:
        setting = "SMTP_RELAYS" if self._settings.smtp_relays else "SMTP_HOST"
        for relay in self._relays:
            relay.check(setting)

    async def close(self) -> None:
        for relay in self._relays:
            await relay.close()

    async def send(
        self,
        message: RenderedMessage,
        to: Destination,
        *,
        idempotency_key: str,  # noqa: ARG002 - the Message-ID says it
    ) -> SendOutcome:
        """The key travels as the message's own ``Message-ID``, the same at every attempt and at
        every relay."""
        to = replace(to, address=mime.wire_address(to.address))
        problem = mime.address_problem(to.address)
        if problem is not None:
            return Rejected(problem)
        mail = Mail(
            raw=await self._encoded(message, to),
            sender=message.return_path or self._settings.mail_from,
            recipient=to.address,
            utf8=mime.needs_utf8(to.address),
        )
        return await self._over_relays(mail, Accepted(message.thread.message_id))

    async def _over_relays(self, mail: Mail, accepted: Accepted) -> SendOutcome:
        """The last word is the first relay's that had one; a mail that may have been taken goes
        nowhere else."""
        said: SendOutcome | None = None
        waits: list[float] = []
        for relay in self._relays:
            wait = relay.admit(self._monotonic())
            if wait > 0:
                waits.append(wait)
                continue
            outcome = await self._hand_over(relay, mail, accepted)
            if outcome is None:
                continue
            if not _is_the_relays_own(outcome):
                return outcome
            said = said or outcome
        if said is None and self._health is not None and not waits:
            return resting(self._health)
        return said or RetryLater(
            "the mail servers take no more mails in this minute",
            retry_after=timedelta(seconds=min(waits)),
        )

    async def _hand_over(
        self, relay: SmtpRelay, mail: Mail, accepted: Accepted
    ) -> SendOutcome | None:
        """``None``: this relay is left alone just now."""
        if self._health is None:
            return await relay.hand_over(mail, accepted)
        attempt = self._health.begin(relay.name)
        if attempt is None:
            return None
        outcome: SendOutcome | None = None
        try:
            outcome = await relay.hand_over(mail, accepted)
        finally:
            self._health.end(attempt, outcome)
        return outcome

    async def _encoded(self, message: RenderedMessage, to: Destination) -> bytes:
        if message.encoded is not None:
            return message.encoded
        now = datetime.now(UTC)
        raw = mime.mail(message, to, sender=self._settings.mail_from, now=now).as_bytes()
        return await self._signer.signed(raw) if self._signer else raw


def _is_the_relays_own(outcome: SendOutcome) -> bool:
    """Whether another relay may do better."""
    if isinstance(outcome, RetryLater):
        return outcome.provider_down
    return outcome == Rejected(NO_UTF8)


def _signer(settings: EmailSettings) -> Signer | None:
    if settings.dkim_private_key is None:
        return None
    domain = settings.dkim_domain or settings.mail_from.rpartition("@")[2]
    key = settings.dkim_private_key.get_secret_value()
    return Signer.of(domain=domain, selector=settings.dkim_selector, key=key)
