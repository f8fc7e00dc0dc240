"""A provider that answers with nonsense has perhaps taken the message, and is not believed."""

from __future__ import annotations

import pytest
from dispatcher.channels.port import Accepted, Destination, RetryLater, SendOutcome, Unknown
from tocsin_contracts import words

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance import crooked
from services.dispatcher.tests.conformance.provider import message, provider_of


async def sent(name: words.Channel, sandbox: Sandbox, port: int, address: str) -> SendOutcome:
    provider = provider_of(
        name, sandbox, smtp_port=port, slack_base_url=f"http://127.0.0.1:{port}/api/"
    )
    outcome = await provider.channel.send(
        message(), Destination(name, address), idempotency_key="d-1"
    )
    await provider.channel.close()
    return outcome


@pytest.mark.parametrize("talk", [crooked.nonsense_over_http, crooked.html_over_http])
async def test_slack_answers_with_something_else(sandbox: Sandbox, talk: crooked.Talk) -> None:
    async with crooked.serving(talk) as port:
        outcome = await sent(words.Channel.SLACK, sandbox, port, "C1")

    assert isinstance(outcome, Unknown)


async def test_an_endpoint_answers_with_no_http(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.nonsense_over_http) as port:
        url = f"http://127.0.0.1:{port}/hook-of-acme"
        outcome = await sent(words.Channel.WEBHOOK, sandbox, port, url)

    assert isinstance(outcome, Unknown)
    assert "hook-of-acme" not in outcome.reason


async def test_an_endpoint_may_answer_any_body_with_a_2xx(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.html_over_http) as port:
        outcome = await sent(
            words.Channel.WEBHOOK, sandbox, port, f"http://127.0.0.1:{port}/anything"
        )

    assert isinstance(outcome, Accepted)


async def test_nonsense_before_the_message_was_sent_means_later(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.smtp({b"RCPT": b"banana\r\n"})) as port:
        outcome = await sent(words.Channel.EMAIL, sandbox, port, "jo@acme.example")

    assert isinstance(outcome, RetryLater)


async def test_nonsense_after_the_message_was_sent_is_unknown(sandbox: Sandbox) -> None:
    async with crooked.serving(crooked.smtp({}, final=b"banana\r\n")) as port:
        outcome = await sent(words.Channel.EMAIL, sandbox, port, "jo@acme.example")

    assert isinstance(outcome, Unknown)
