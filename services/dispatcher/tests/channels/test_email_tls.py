"""Mail as it goes in production: encrypted, signed in, to a server whose certificate is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.port import Accepted, Destination, RetryLater, SendOutcome
from tocsin_contracts import words
from tocsin_runtime.egress import Egress

from devstack.sandbox.certificate import self_signed
from devstack.sandbox.server import Sandbox, Settings
from services.dispatcher.tests.conformance.provider import message, settings_for

JO = Destination(words.Channel.EMAIL, "jo@acme.example", name="Jo Frei")
SIGN_IN = {"smtp_username": "tocsin", "smtp_password": "right"}


async def outcome(sandbox: Sandbox, **given: Any) -> SendOutcome:
    channel = EmailChannel(settings_for(sandbox, **given), Egress(loopback_only=True))
    await channel.open()
    try:
        return await channel.send(message(), JO, idempotency_key="d-1")
    finally:
        await channel.close()


@pytest.mark.parametrize("how", ["starttls", "implicit"])
async def test_a_mail_goes_encrypted_to_a_server_it_trusts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    tls, trusted = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    server = Settings(
        smtp_tls=tls, smtp_implicit_tls=how == "implicit", smtp_credentials=("tocsin", "right")
    )
    async with Sandbox(server) as sandbox:
        assert isinstance(await outcome(sandbox, smtp_tls=how, **SIGN_IN), Accepted)
        assert len(sandbox.messages()) == 1


@pytest.mark.parametrize("how", ["starttls", "implicit"])
async def test_a_server_it_does_not_trust_gets_nothing(tmp_path: Path, how: str) -> None:
    tls, _ = self_signed(tmp_path)
    async with Sandbox(Settings(smtp_tls=tls, smtp_implicit_tls=how == "implicit")) as sandbox:
        answer = await outcome(sandbox, smtp_tls=how, **SIGN_IN)
        assert isinstance(answer, RetryLater)
        assert "certificate" in answer.reason
        assert sandbox.messages() == []


async def test_a_server_that_stopped_offering_tls_gets_nothing() -> None:
    async with Sandbox() as sandbox:
        assert isinstance(await outcome(sandbox, smtp_tls="starttls"), RetryLater)
        assert sandbox.messages() == []


async def test_a_wrong_password_is_about_us_and_not_about_the_message(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tls, trusted = self_signed(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(trusted))
    server = Settings(smtp_tls=tls, smtp_credentials=("tocsin", "right"))
    wrong = {**SIGN_IN, "smtp_password": "wrong"}
    async with Sandbox(server) as sandbox:
        answer = await outcome(sandbox, smtp_tls="starttls", **wrong)
    assert isinstance(answer, RetryLater)
    assert "535" in answer.reason
