"""Calls: whom nobody calls, and what is asked of Twilio."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from dispatcher.channels.port import Accepted, Channel, Destination, Rejected, SendOutcome
from dispatcher.channels.registry import build_channels
from tocsin_contracts import words

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

BASE = "http://127.0.0.1:1"


def voice(sandbox: Sandbox, **more: Any) -> Channel:
    settings = settings_for(sandbox, **more)
    made = build_channels(settings, egress="loopback", environment="development", base=BASE)
    return made[words.Channel.VOICE]


@pytest_asyncio.fixture
async def channel(sandbox: Sandbox) -> AsyncIterator[Channel]:
    made = voice(sandbox)
    yield made
    await made.close()


async def send(channel: Channel, number: str, text: str = "Mail EU is down.") -> SendOutcome:
    to = Destination(words.Channel.VOICE, number)
    return await channel.send(message(text=text), to, idempotency_key="d-1")


async def test_the_text_stays_here_and_is_asked_for(sandbox: Sandbox, channel: Channel) -> None:
    assert isinstance(await send(channel, "+49 30 23125 207"), Accepted)

    [call] = sandbox.messages(channel="voice")
    asked = call["body"]["request"]
    assert asked["To"] == "+493023125207"
    assert asked["Url"] == f"{BASE}/callbacks/twilio/voice/answer?delivery=d-1"
    assert asked["StatusCallback"] == f"{BASE}/callbacks/twilio/voice/status?delivery=d-1"
    assert asked["MachineDetection"] == "DetectMessageEnd"
    assert "Mail EU" not in str(asked)


@pytest.mark.parametrize("number", ["+49 900 1234567", "+44 70 1234 5678"])
async def test_a_premium_number_is_never_called(
    sandbox: Sandbox, channel: Channel, number: str
) -> None:
    outcome = await send(channel, number)

    assert isinstance(outcome, Rejected)
    assert outcome.suppress is words.SuppressionCause.UNFIT
    assert sandbox.messages(channel="voice") == []


@pytest.mark.parametrize("number", ["jo@acme.example", "030 23125207", "+49"])
async def test_what_is_no_number_is_not_called(channel: Channel, number: str) -> None:
    outcome = await send(channel, number)

    assert isinstance(outcome, Rejected)
    assert "country code" in outcome.reason


async def test_nothing_to_say_is_no_call(channel: Channel) -> None:
    assert isinstance(await send(channel, "+493023125207", " "), Rejected)


@pytest.mark.parametrize(
    ("missing", "names"),
    [
        ({"voice_from": None}, "VOICE_FROM"),
        ({"twilio_account_sid": None}, "TWILIO_ACCOUNT_SID"),
        ({"twilio_auth_token": None}, "TWILIO_AUTH_TOKEN"),
    ],
)
async def test_what_is_not_set_is_named(
    sandbox: Sandbox, missing: dict[str, Any], names: str
) -> None:
    unset = voice(sandbox, **missing)

    outcome = await send(unset, "+493023125207")

    assert isinstance(outcome, Rejected)
    assert names in outcome.reason
    await unset.close()


async def test_without_listening_for_machines(sandbox: Sandbox) -> None:
    deaf = voice(sandbox, voice_machine_detection=False)

    await send(deaf, "+493023125207")

    [call] = sandbox.messages(channel="voice")
    assert "MachineDetection" not in call["body"]["request"]
    await deaf.close()
