"""Email through one mail server, over kept-alive connections."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from aiosmtplib import SMTP, SMTPException
from pydantic import Field, SecretStr, field_validator
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings
from tocsin_contracts.words import Channel

from dispatcher.channels import mime
from dispatcher.channels.egress import Egress, EgressRefused
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RenderedMessage,
    SendOutcome,
)
from dispatcher.channels.smtp_outcomes import Phase, needs_new_connection, outcome_of
from dispatcher.channels.smtp_pool import SmtpPool


class EmailSettings(BaseSettings):
    smtp_host: str = Field(default="localhost", description="The mail server to hand mail to.")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Its port.")
    smtp_username: str | None = Field(default=None, description="User name, if it wants one.")
    smtp_password: SecretStr | None = Field(default=None, description="The password to it.")
    smtp_tls: Literal["none", "starttls", "implicit"] = Field(
        default="starttls", description="How the connection to the mail server is encrypted."
    )
    smtp_connections: int = Field(
        default=8, ge=1, le=100, description="Connections kept open to the mail server."
    )
    smtp_reply_seconds: float = Field(
        default=20, gt=0, description="Longest wait for one answer of the mail server."
    )
    smtp_send_seconds: float = Field(
        default=45, gt=0, description="Longest time for one mail, connection included."
    )
    mail_from: str = Field(
        default="tocsin@localhost", description="Sender's address of every mail."
    )

    @field_validator("mail_from")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        """Mail servers and ``Message-ID`` take the address alone."""
        address = mime.wire_address(value)
        if mime.address_problem(address) is not None:
            raise PydanticCustomError(
                "bare_address",
                "give the address alone, such as desk@provider.example; the name that readers see"
                " beside it is the provider's, from the directory.",
            )
        return address


class EmailChannel:
    name = Channel.EMAIL

    def __init__(self, settings: EmailSettings, egress: Egress) -> None:
        self._settings = settings
        self._egress = egress
        self._pool = SmtpPool(
            self._connect,
            size=settings.smtp_connections,
            max_uses=500,
            max_age=300,
            monotonic=time.monotonic,
        )

    @property
    def concurrency(self) -> int:
        return self._settings.smtp_connections

    async def open(self) -> None:
        self._egress.check_provider("SMTP_HOST", self._settings.smtp_host)

    async def close(self) -> None:
        await self._pool.close()

    async def send(
        self,
        message: RenderedMessage,
        to: Destination,
        *,
        idempotency_key: str,  # noqa: ARG002 - the Message-ID says it
    ) -> SendOutcome:
        """The key travels as the message's own ``Message-ID``, the same at every attempt."""
        to = replace(to, address=mime.wire_address(to.address))
        problem = mime.address_problem(to.address)
        if problem is not None:
            return Rejected(problem)
        raw = message.encoded or self._encode(message, to)
        accepted = Accepted(message.thread.message_id)
        return await self._deliver(raw, to.address, accepted, fresh=False)

    async def _deliver(
        self, raw: bytes, recipient: str, accepted: Accepted, *, fresh: bool
    ) -> SendOutcome:
        conversation = _Conversation()
        try:
            async with asyncio.timeout(self._settings.smtp_send_seconds):
                async with self._pool.lease(fresh=fresh) as lease:
                    conversation.reused = lease.reused
                    await conversation.hold(lease.client, self._settings.mail_from, recipient, raw)
        except EgressRefused:
            raise
        except (SMTPException, OSError) as error:
            if needs_new_connection(error, conversation.phase, reused=conversation.reused):
                return await self._deliver(raw, recipient, accepted, fresh=True)
            return outcome_of(error, conversation.phase)
        return accepted

    async def _connect(self) -> SMTP:
        settings = self._settings
        self._egress.check_dial(settings.smtp_host)
        password = settings.smtp_password
        client = SMTP(
            hostname=settings.smtp_host,
            port=settings.smtp_port,
            username=settings.smtp_username,
            password=password.get_secret_value() if password else None,
            use_tls=settings.smtp_tls == "implicit",
            start_tls=settings.smtp_tls == "starttls",
            timeout=settings.smtp_reply_seconds,
            local_hostname=settings.mail_from.rpartition("@")[2] or "localhost",
        )
        await client.connect()
        try:
            await _greet(client)
        except BaseException:
            client.close()
            raise
        return client

    def _encode(self, message: RenderedMessage, to: Destination) -> bytes:
        now = datetime.now(UTC)
        return mime.mail(message, to, sender=self._settings.mail_from, now=now).as_bytes()


async def _greet(client: SMTP) -> None:
    """At once, so that a refused EHLO is not taken for a refused sender."""
    if client.is_ehlo_or_helo_needed:
        await client.ehlo()


class _Conversation:
    """One message handed over, and how far that came."""

    def __init__(self) -> None:
        self.phase = Phase.CONNECT
        self.reused = False

    async def hold(self, client: SMTP, sender: str, recipient: str, raw: bytes) -> None:
        self.phase = Phase.MAIL
        await client.mail(sender)
        self.phase = Phase.RCPT
        await client.rcpt(recipient)
        self.phase = Phase.DATA
        await client.data(raw)
