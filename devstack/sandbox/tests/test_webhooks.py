"""Signed webhooks and receivers that misbehave."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta

import aiohttp
import pytest
from standardwebhooks.webhooks import Webhook

from devstack.sandbox import Sandbox

OWN_SECRET = "whsec_YSBzZWNyZXQgb2YgaXRzIG93biBmb3IgYWNtZQ=="
BODY = json.dumps({"type": "incident.opened", "data": {"incident": {"ref": "INC-2041"}}})


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def signed(secret: str, *, now: datetime | None = None, body: str = BODY) -> dict[str, str]:
    now = now or datetime.now(UTC)
    signature = Webhook(secret).sign("d-1", now, body)
    stamp = str(int(now.timestamp()))
    return {"webhook-id": "d-1", "webhook-timestamp": stamp, "webhook-signature": signature}


async def test_a_well_signed_webhook_is_taken_and_shown(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    url = f"{sandbox.url}/webhooks/acme/noc"
    async with http.post(url, data=BODY, headers=signed(sandbox.settings.webhook_secret)) as answer:
        assert answer.status == 204
    (item,) = sandbox.messages(to="acme/noc")
    assert item["to"] == [url]
    assert item["verified"] is True
    assert item["body"]["type"] == item["subject"] == "incident.opened"
    assert item["headers"]["webhook-id"] == "d-1"
    assert item["thread"] == "INC-2041"


async def test_each_endpoint_may_have_its_own_secret(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.webhook_secrets["acme"] = OWN_SECRET
    for secret, status in ((OWN_SECRET, 204), (sandbox.settings.webhook_secret, 401)):
        async with http.post(
            f"{sandbox.url}/webhooks/acme", data=BODY, headers=signed(secret)
        ) as answer:
            assert answer.status == status


@pytest.mark.parametrize("flaw", ["unsigned", "forged", "stale", "nonsense"])
async def test_a_bad_signature_is_refused_and_recorded(
    sandbox: Sandbox, http: aiohttp.ClientSession, flaw: str
) -> None:
    secret = sandbox.settings.webhook_secret
    headers = {
        "unsigned": {},
        "forged": signed(OWN_SECRET),
        "stale": signed(secret, now=datetime.now(UTC) - timedelta(minutes=6)),
        "nonsense": {**signed(secret), "webhook-signature": "nonsense"},
    }[flaw]
    async with http.post(f"{sandbox.url}/webhooks/acme", data=BODY, headers=headers) as answer:
        assert answer.status == 401
    (item,) = sandbox.messages(channel="webhook")
    assert item["verified"] is False
    assert item["problem"]


@pytest.mark.parametrize(
    ("mode", "more", "status"),
    [
        ("reject", {}, 400),
        ("reject", {"code": 410}, 410),
        ("reject", {"code": 302}, 302),
        ("retry", {}, 503),
        ("rate_limit", {"retry_after": 7}, 429),
    ],
)
async def test_a_receiver_that_refuses_keeps_nothing(
    sandbox: Sandbox,
    http: aiohttp.ClientSession,
    mode: str,
    more: dict[str, int],
    status: int,
) -> None:
    sandbox.fault("webhook", mode, to="acme", **more)
    headers = signed(sandbox.settings.webhook_secret)
    async with http.post(
        f"{sandbox.url}/webhooks/acme", data=BODY, headers=headers, allow_redirects=False
    ) as answer:
        assert answer.status == status
        assert answer.headers.get("Retry-After") == ("7" if status == 429 else None)
    assert sandbox.messages() == []


async def test_who_follows_a_redirect_is_seen(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.fault("webhook", "reject", code=307, to="acme")
    async with http.post(f"{sandbox.url}/webhooks/acme", data=BODY):
        pass
    assert len(sandbox.messages(to="redirected")) == 1


async def test_a_tarpit_takes_the_webhook_and_never_says_so(
    sandbox: Sandbox, http: aiohttp.ClientSession
) -> None:
    sandbox.fault("webhook", "tarpit")
    headers = signed(sandbox.settings.webhook_secret)
    with pytest.raises(TimeoutError):
        await http.post(
            f"{sandbox.url}/webhooks/acme",
            data=BODY,
            headers=headers,
            timeout=aiohttp.ClientTimeout(total=0.2),
        )
    assert len(sandbox.messages()) == 1
