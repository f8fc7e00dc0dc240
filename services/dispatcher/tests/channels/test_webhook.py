"""Webhooks: signed anew at each attempt, no redirect, nothing private, no URL in a reason."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from dispatcher.channels.http import retry_after
from dispatcher.channels.port import (
    Accepted,
    Destination,
    Rejected,
    RetryLater,
    SendOutcome,
)
from dispatcher.channels.webhook import WebhookChannel
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from tocsin_contracts import words
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.entries.webhook import SECRET
from services.dispatcher.tests.conformance.provider import message, settings_for

OWN_SECRET = "whsec_" + "b3duLXNlY3JldC1vZi1hY21lLXdoaWNoLWlzLWxvbmc="


async def send(
    sandbox: Sandbox, url: str, secret: str | None = None, **settings: Any
) -> SendOutcome:
    channel = WebhookChannel(settings_for(sandbox, **settings), Egress(loopback_only=True))
    to = Destination(words.Channel.WEBHOOK, url, secret)
    outcome = await channel.send(message(), to, idempotency_key="0193-d1")
    await channel.close()
    return outcome


async def test_the_receivers_own_library_verifies_it(sandbox: Sandbox) -> None:
    outcome = await send(sandbox, f"{sandbox.url}/webhooks/acme")

    assert outcome == Accepted("0193-d1")
    [received] = sandbox.messages(channel="webhook")
    assert received["verified"] is True
    assert json.loads(received["raw"])["type"] == "incident.opened"
    Webhook(SECRET).verify(received["raw"], received["headers"])


async def test_an_endpoint_with_a_secret_of_its_own_is_signed_with_that(sandbox: Sandbox) -> None:
    sandbox.webhook_secrets["acme"] = OWN_SECRET

    assert isinstance(
        await send(sandbox, f"{sandbox.url}/webhooks/acme", secret=OWN_SECRET), Accepted
    )


async def test_while_a_secret_is_replaced_either_verifies(sandbox: Sandbox) -> None:
    """The receiver may have the old one still, or the new one already."""
    channel = WebhookChannel(settings_for(sandbox), Egress(loopback_only=True))
    url = f"{sandbox.url}/webhooks/acme"
    to = Destination(words.Channel.WEBHOOK, url, OWN_SECRET, previous_secret=SECRET)

    await channel.send(message(), to, idempotency_key="0193-d1")
    await channel.close()

    [received] = sandbox.messages(channel="webhook")
    for secret in (OWN_SECRET, SECRET):
        Webhook(secret).verify(received["raw"], received["headers"])
    with pytest.raises(WebhookVerificationError):
        Webhook("whsec_" + "c29tZWJvZHktZWxzZXM=").verify(received["raw"], received["headers"])


async def test_an_endpoint_that_is_overloaded_is_left_alone_for_a_while(sandbox: Sandbox) -> None:
    channel = WebhookChannel(settings_for(sandbox), Egress(loopback_only=True))
    busy = Destination(words.Channel.WEBHOOK, f"{sandbox.url}/webhooks/acme")
    other = Destination(words.Channel.WEBHOOK, f"{sandbox.url}/webhooks/globex")
    sandbox.fault("webhook", "reject", code=502, to="acme")

    first = await channel.send(message(), busy, idempotency_key="d-1")
    second = await channel.send(message(), busy, idempotency_key="d-2")
    third = await channel.send(message(), other, idempotency_key="d-3")
    await channel.close()

    assert first == RetryLater("the endpoint answered 502", timedelta(seconds=30))
    assert isinstance(second, RetryLater)
    assert second.held
    assert isinstance(third, Accepted)
    assert sandbox.faults.fired("webhook") == 1


@pytest.mark.parametrize("secret", ["whsec_", "whsec_%%%", "whsec_ä"])
async def test_a_secret_that_is_none_signs_nothing(sandbox: Sandbox, secret: str) -> None:
    outcome = await send(sandbox, f"{sandbox.url}/webhooks/acme", secret=secret)

    assert outcome == Rejected("the endpoint's secret is missing or not valid")
    assert sandbox.messages() == []


async def test_without_any_secret_nothing_goes_unsigned(sandbox: Sandbox) -> None:
    outcome = await send(sandbox, f"{sandbox.url}/webhooks/acme", webhook_secret=None)

    assert isinstance(outcome, Rejected)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        (400, RetryLater),
        (401, RetryLater),
        (404, RetryLater),
        (410, Rejected),
        (301, RetryLater),
        (307, RetryLater),
        (408, RetryLater),
        (425, RetryLater),
        (429, RetryLater),
        (500, RetryLater),
        (502, RetryLater),
        (503, RetryLater),
        (504, RetryLater),
    ],
)
async def test_only_a_2xx_is_taken(
    sandbox: Sandbox, status: int, expected: type[SendOutcome]
) -> None:
    sandbox.fault("webhook", "reject", code=status)

    outcome = await send(sandbox, f"{sandbox.url}/webhooks/acme")

    assert isinstance(outcome, expected)
    assert str(status) in repr(outcome)
    assert sandbox.messages() == []


async def test_gone_is_said_to_be_for_good(sandbox: Sandbox) -> None:
    sandbox.fault("webhook", "reject", code=410)

    assert await send(sandbox, f"{sandbox.url}/webhooks/acme") == Rejected(
        "the endpoint answered 410: it is gone for good", words.SuppressionCause.FAILING
    )


@pytest.mark.parametrize("url", ["http://x.example/a", "ftp://x.example/", "file:///x", "x", ""])
async def test_only_https_goes_to_the_world(sandbox: Sandbox, url: str) -> None:
    outcome = await send(sandbox, url, webhook_allow_private=False)

    assert outcome == Rejected("the endpoint has an address that does not begin with https://")


@pytest.mark.parametrize(
    "url", ["https://[::1", "https://x.example:99999/secret-path", "https://2130706433/x"]
)
async def test_an_address_that_is_no_url_is_refused_without_repeating_it(
    sandbox: Sandbox, url: str
) -> None:
    outcome = await send(sandbox, url)

    assert isinstance(outcome, Rejected)
    assert "secret-path" not in outcome.reason


async def test_a_client_cannot_make_the_dots_of_an_id_end_it(sandbox: Sandbox) -> None:
    channel = WebhookChannel(settings_for(sandbox), Egress(loopback_only=True))
    to = Destination(words.Channel.WEBHOOK, f"{sandbox.url}/webhooks/acme")

    outcome = await channel.send(message(), to, idempotency_key="a.b.c")
    await channel.close()

    assert outcome == Accepted("a-b-c")


NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        (None, None),
        ("", None),
        ("30", timedelta(seconds=30)),
        ("0", timedelta()),
        ("-5", timedelta()),
        ("1e99", timedelta(hours=24)),
        ("999999", timedelta(hours=24)),
        ("nan", timedelta()),
        ("soon", timedelta()),
        ("Tue, 24 Nov 2026 09:01:00 GMT", timedelta(minutes=1)),
        ("Tue, 24 Nov 2026 08:00:00 GMT", timedelta()),
    ],
)
def test_retry_after_is_seconds_or_a_date_and_never_more_than_a_day(
    value: str | None, wait: timedelta | None
) -> None:
    assert retry_after(value, NOW) == wait
