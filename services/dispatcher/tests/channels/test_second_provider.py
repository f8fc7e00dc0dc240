"""Texts and calls over a second provider while the first does not answer, on real HTTP."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest
from dispatcher.callbacks.twilio_signed import TwilioSignature
from dispatcher.channels.health import PRIMARY, HealthRegistry
from dispatcher.channels.port import Accepted, Channel, Destination
from dispatcher.channels.registry import ChannelSettings, build_channels
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from tocsin_contracts import words
from tocsin_contracts.words import Circuit
from tocsin_runtime.testing import FakeClock
from twilio.request_validator import RequestValidator

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

PHONE = "+4915112345678"
SECOND_TOKEN = "another-token"
GONE = "http://127.0.0.1:9"
"""Where nobody listens (RFC 863's port, closed here)."""


def with_second(sandbox: Sandbox) -> ChannelSettings:
    """The first provider is gone; the second is the sandbox."""
    known = settings_for(sandbox)
    more: dict[str, Any] = {
        "twilio_second_account_sid": known.twilio_account_sid,
        "twilio_second_auth_token": known.twilio_auth_token,
        "twilio_second_base_url": known.twilio_base_url,
        "sms_second_from": known.sms_from,
        "voice_second_from": known.voice_from,
        "twilio_base_url": GONE,
    }
    return settings_for(sandbox, **more)


@contextlib.asynccontextmanager
async def opened(
    settings: ChannelSettings, name: words.Channel
) -> AsyncIterator[tuple[Channel, HealthRegistry]]:
    health = HealthRegistry(FakeClock())
    built = build_channels(settings, egress="loopback", environment="development", health=health)
    channel = built[name]
    await channel.open()
    try:
        yield channel, health
    finally:
        await channel.close()


@pytest.mark.parametrize("name", [words.Channel.SMS, words.Channel.VOICE])
async def test_what_the_first_cannot_take_goes_over_the_second(
    sandbox: Sandbox, name: words.Channel
) -> None:
    to = Destination(name, PHONE)
    async with opened(with_second(sandbox), name) as (channel, health):
        outcomes = [
            await channel.send(message(f"d-{n}"), to, idempotency_key=f"d-{n}") for n in range(6)
        ]
        states = {state.provider: state.state for state in health.states() if state.channel is name}

    assert all(isinstance(outcome, Accepted) for outcome in outcomes)
    assert states[PRIMARY] is Circuit.OPEN
    assert len(sandbox.messages()) == 6


async def test_without_a_second_number_there_is_no_second_provider(sandbox: Sandbox) -> None:
    settings = with_second(sandbox).model_copy(update={"voice_second_from": None})
    async with opened(settings, words.Channel.VOICE) as (_, health):
        providers = [s.provider for s in health.states() if s.channel is words.Channel.VOICE]
    assert providers == [PRIMARY]


@pytest.mark.parametrize(
    ("token", "status"), [(SECOND_TOKEN, 204), ("sandbox-auth-token", 204), ("a-third", 403)]
)
async def test_call_backs_of_either_account_are_believed_and_no_others(
    sandbox: Sandbox, token: str, status: int
) -> None:
    settings = settings_for(sandbox, twilio_second_auth_token=SECOND_TOKEN)
    signed = TwilioSignature.of(settings, "https://tocsin.example")

    async def called_back(request: Request) -> Response:
        await signed.verified(request)
        return Response(status_code=204)

    app = Starlette(routes=[Route("/callbacks/twilio/status", called_back, methods=["POST"])])
    form = {"MessageSid": "SM1", "MessageStatus": "delivered"}
    url = "https://tocsin.example/callbacks/twilio/status"
    signature = RequestValidator(token).compute_signature(url, form)
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url=url) as client:
        answer = await client.post(url, data=form, headers={"X-Twilio-Signature": signature})

    assert answer.status_code == status
