"""One mail server: kept connections to it, one message over one of them, and what it said."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field

from aiosmtplib import SMTP, SMTPException
from tocsin_runtime.egress import Egress, EgressRefused

from dispatcher.channels.port import Accepted, Rejected, SendOutcome
from dispatcher.channels.smtp_allowance import Used, take
from dispatcher.channels.smtp_outcomes import Phase, needs_new_connection, outcome_of
from dispatcher.channels.smtp_pool import SmtpPool
from dispatcher.channels.smtp_settings import EmailSettings, Relay, name_of

NO_UTF8 = "the mail server cannot carry letters before the @ of an email address (SMTPUTF8)"


@dataclass(frozen=True)
class Mail:
    """``sender`` is the return path. ``utf8``: the recipient's address needs SMTPUTF8."""

    raw: bytes = field(repr=False)
    sender: str = field(repr=False)
    recipient: str = field(repr=False)
    utf8: bool = False


class SmtpRelay:
    def __init__(self, relay: Relay, settings: EmailSettings, egress: Egress) -> None:
        self.relay = relay
        self._settings = settings
        self._egress = egress
        self._used = Used()
        self._pool = SmtpPool(
            self._connect,
            size=relay.connections,
            max_uses=500,
            max_age=300,
            monotonic=time.monotonic,
        )

    @property
    def name(self) -> str:
        return name_of(self.relay)

    def check(self, setting: str) -> None:
        """At start: raises :class:`EgressRefused` where this environment may not use it."""
        self._egress.check_provider(setting, self.relay.host)

    async def close(self) -> None:
        await self._pool.close()

    def admit(self, now: float) -> float:
        """Count one mail against this relay's limit: 0, or the seconds until there is room."""
        self._used, wait = take(self._used, now, self.relay.per_minute)
        return wait

    async def hand_over(self, mail: Mail, accepted: Accepted) -> SendOutcome:
        return await self._deliver(mail, accepted, fresh=False)

    async def _deliver(self, mail: Mail, accepted: Accepted, *, fresh: bool) -> SendOutcome:
        conversation = _Conversation()
        try:
            async with asyncio.timeout(self._settings.smtp_send_seconds):
                async with self._pool.lease(fresh=fresh) as lease:
                    conversation.reused = lease.reused
                    if mail.utf8 and not lease.client.supports_extension("smtputf8"):
                        return Rejected(NO_UTF8)
                    await conversation.hold(lease.client, mail)
        except EgressRefused:
            raise
        except (SMTPException, OSError) as error:
            if needs_new_connection(error, conversation.phase, reused=conversation.reused):
                return await self._deliver(mail, accepted, fresh=True)
            return outcome_of(error, conversation.phase)
        return accepted

    async def _connect(self) -> SMTP:
        relay = self.relay
        self._egress.check_dial(relay.host)
        client = SMTP(
            hostname=relay.host,
            port=relay.port,
            username=relay.username,
            password=relay.password.get_secret_value() if relay.password else None,
            use_tls=relay.tls == "implicit",
            start_tls=relay.tls == "starttls",
            timeout=self._settings.smtp_reply_seconds,
            local_hostname=self._settings.mail_from.rpartition("@")[2] or "localhost",
        )
        try:
            async with asyncio.timeout(self._settings.smtp_connect_seconds):
                await client.connect()
                await _greet(client)
        except BaseException:
            client.close()
            raise
        return client


async def _greet(client: SMTP) -> None:
    """At once, so that a refused EHLO is not taken for a refused sender."""
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()


class _Conversation:
    """One message handed over, and how far that came."""

    def __init__(self) -> None:
        self.phase = Phase.CONNECT
        self.reused = False

    async def hold(self, client: SMTP, mail: Mail) -> None:
        options, encoding = (["SMTPUTF8", "BODY=8BITMIME"], "utf-8") if mail.utf8 else ([], "ascii")
        self.phase = Phase.MAIL
        await client.mail(mail.sender, options=options, encoding=encoding)
        self.phase = Phase.RCPT
        await client.rcpt(mail.recipient, encoding=encoding)
        self.phase = Phase.DATA
        await client.data(mail.raw)
