"""A provider that answers with nonsense has perhaps taken the message, and is not believed."""

from __future__ import annotations

import logging
import ssl
from pathlib import Path

import aiohttp
import pytest
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome, Unknown

from devstack.sandbox.certificate import self_signed
from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance import crooked
from services.dispatcher.tests.conformance.entries import ENTRIES, EXAMPLE, email
from services.dispatcher.tests.conformance.entry import Entry
from services.dispatcher.tests.conformance.provider import led_to, message

ALL = (*ENTRIES, EXAMPLE)
OVER_HTTP = pytest.mark.parametrize(
    "entry", [entry for entry in ALL if entry.over_http], ids=lambda entry: str(entry.name)
)
EVERY = pytest.mark.parametrize("entry", ALL, ids=lambda entry: str(entry.name))


async def sent(entry: Entry, sandbox: Sandbox, port: int, *, tls: bool = False) -> SendOutcome:
    async with led_to(sandbox, entry, port, tls=tls) as provider:
        return await provider.channel.send(message(), provider.destination(), idempotency_key="d-1")


@OVER_HTTP
async def test_what_is_no_http_is_unknown(
    entry: Entry, sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    async with crooked.serving(crooked.nonsense_over_http) as port:
        outcome = await sent(entry, sandbox, port)

    assert isinstance(outcome, Unknown)
    assert not any(secret in repr(outcome) + caplog.text for secret in entry.secrets)


@OVER_HTTP
async def test_a_web_page_where_the_answer_should_be(entry: Entry, sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.html_over_http) as port:
        outcome = await sent(entry, sandbox, port)

    assert isinstance(outcome, Accepted if entry.believes_any_body else Unknown)


@OVER_HTTP
async def test_a_redirect_is_not_followed(entry: Entry, sandbox: Sandbox) -> None:
    """Whoever answers could lead our secrets, and the client's message, to anybody."""
    async with (
        crooked.counting(crooked.html_over_http) as elsewhere,
        crooked.serving(crooked.redirect_to(elsewhere.url)) as port,
    ):
        outcome = await sent(entry, sandbox, port)

    assert not isinstance(outcome, Accepted)
    assert isinstance(outcome, RetryLater | Rejected)
    assert elsewhere.calls == 0


@EVERY
async def test_a_certificate_that_nobody_vouches_for(
    entry: Entry, sandbox: Sandbox, tmp_path: Path
) -> None:
    context, _ = self_signed(tmp_path)
    async with crooked.counting(crooked.html_over_http, tls=context) as impostor:
        outcome = await sent(entry, sandbox, impostor.port, tls=True)

    assert isinstance(outcome, RetryLater)
    assert impostor.calls == 0


@EVERY
@pytest.mark.parametrize(("other_name", "calls"), [(None, 1), ("other.example", 0)])
async def test_a_good_certificate_of_somebody_else(
    entry: Entry,
    sandbox: Sandbox,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    other_name: str | None,
    calls: int,
) -> None:
    """Whoever signed it is trusted; it is good for another host than the one that was dialled."""
    context, certificate = self_signed(tmp_path, other_name=other_name)
    trust(certificate, monkeypatch)
    talk = crooked.html_over_http if entry.over_http else crooked.smtp({})
    async with crooked.counting(talk, tls=context) as server:
        outcome = await sent(entry, sandbox, server.port, tls=True)

    assert server.calls == calls
    assert isinstance(outcome, RetryLater) or calls


def trust(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of aiohttp, which makes its context once a process; of requests; and of everybody else."""
    trusting = ssl.create_default_context(cafile=str(certificate))
    monkeypatch.setattr(aiohttp.connector, "_SSL_CONTEXT_VERIFIED", trusting)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


async def test_nonsense_before_the_mail_was_sent_means_later(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.smtp({b"RCPT": b"banana\r\n"})) as port:
        outcome = await sent(email.ENTRY, sandbox, port)

    assert isinstance(outcome, RetryLater)


async def test_nonsense_after_the_mail_was_sent_is_unknown(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.smtp({}, final=b"banana\r\n")) as port:
        outcome = await sent(email.ENTRY, sandbox, port)

    assert isinstance(outcome, Unknown)
