"""Mail under TLS: from the first byte, or after STARTTLS and not before."""

from __future__ import annotations

import asyncio
import ssl
from email.message import EmailMessage
from pathlib import Path

import aiosmtplib
import pytest

from devstack.sandbox import Sandbox
from devstack.sandbox.certificate import self_signed
from devstack.sandbox.server import Settings


def mail() -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "a@x.example", "b@y.example", "s"
    message.set_content("text")
    return message


@pytest.mark.parametrize("implicit", [True, False])
async def test_a_mail_arrives_under_tls_after_signing_in(tmp_path: Path, implicit: bool) -> None:
    tls, trusted = self_signed(tmp_path)
    settings = Settings(
        smtp_tls=tls, smtp_implicit_tls=implicit, smtp_credentials=("tocsin", "secret")
    )
    async with Sandbox(settings) as sandbox:
        for _ in range(2):
            await aiosmtplib.send(
                mail(),
                hostname="127.0.0.1",
                port=sandbox.smtp_port,
                use_tls=implicit,
                start_tls=None if implicit else True,
                tls_context=ssl.create_default_context(cafile=str(trusted)),
                username="tocsin",
                password="secret",
            )
        assert len(sandbox.messages()) == 2


async def test_nothing_is_taken_before_tls(tmp_path: Path) -> None:
    tls, _ = self_signed(tmp_path)
    async with Sandbox(Settings(smtp_tls=tls)) as sandbox:
        with pytest.raises(aiosmtplib.SMTPResponseException) as refused:
            await aiosmtplib.send(
                mail(), hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=False
            )
        assert refused.value.code == 530
        assert sandbox.messages() == []


async def test_commands_smuggled_in_before_tls_are_thrown_away(tmp_path: Path) -> None:
    tls, trusted = self_signed(tmp_path)
    async with Sandbox(Settings(smtp_tls=tls)) as sandbox:
        reader, writer = await asyncio.open_connection("127.0.0.1", sandbox.smtp_port)
        writer.write(b"EHLO me\r\nSTARTTLS\r\nMAIL FROM:<evil@x.example>\r\n")
        while not (await reader.readline()).startswith(b"220 2.0.0"):
            pass
        context = ssl.create_default_context(cafile=str(trusted))
        await writer.start_tls(context, server_hostname="127.0.0.1")
        writer.write(b"QUIT\r\n")
        assert await asyncio.wait_for(reader.read(), 5) == b"221 2.0.0 Bye\r\n"
        writer.close()


async def test_who_does_not_trust_the_certificate_sends_nothing(tmp_path: Path) -> None:
    tls, _ = self_signed(tmp_path)
    async with Sandbox(Settings(smtp_tls=tls)) as sandbox:
        with pytest.raises(ssl.SSLCertVerificationError):
            await aiosmtplib.send(
                mail(), hostname="127.0.0.1", port=sandbox.smtp_port, start_tls=True
            )
        assert sandbox.messages() == []
