"""What every channel owes its caller, whatever the provider does.

A new channel is a file in ``entries/``; these stories then hold for it too.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio
from dispatcher.channels.port import Accepted, Rejected, RetryLater, SendOutcome, Unknown
from dispatcher.channels.registry import ChannelSettings, build_channels

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.entries import ENTRIES, EXAMPLE
from services.dispatcher.tests.conformance.entry import Entry
from services.dispatcher.tests.conformance.provider import (
    IMPATIENT,
    Provider,
    message,
    speaking_to,
)

ALL = (*ENTRIES, EXAMPLE)
EVERY = pytest.mark.parametrize("entry", ALL, ids=lambda entry: str(entry.name))


@pytest_asyncio.fixture(params=ALL, ids=lambda entry: str(entry.name))
async def provider(request: pytest.FixtureRequest, sandbox: Sandbox) -> AsyncIterator[Provider]:
    async with speaking_to(sandbox, request.param) as made:
        yield made


async def send(provider: Provider, key: str = "d-1", number: int = 1) -> SendOutcome:
    return await provider.channel.send(
        message(key), provider.destination(number), idempotency_key=key
    )


def test_no_channel_is_left_out() -> None:
    built = build_channels(ChannelSettings(), egress="loopback", environment="development")

    assert {entry.channel for entry in ENTRIES} == set(built)


async def test_a_healthy_provider_accepts_and_names_the_message(provider: Provider) -> None:
    outcome = await send(provider)

    assert isinstance(outcome, Accepted)
    assert outcome.provider_id
    [received] = provider.received()
    assert received["to"][0] == provider.seen_as()


async def test_a_provider_in_trouble_means_later(provider: Provider) -> None:
    provider.fault("retry")

    outcome = await send(provider)

    assert isinstance(outcome, RetryLater)
    assert provider.received() == []


async def test_a_refusal_is_final(provider: Provider) -> None:
    provider.fault("reject", **provider.entry.refusal)

    outcome = await send(provider)

    assert isinstance(outcome, Rejected)
    assert provider.received() == []


async def test_a_limit_that_was_hit_means_later(provider: Provider) -> None:
    provider.fault("rate_limit", retry_after=7)

    outcome = await send(provider)

    assert isinstance(outcome, RetryLater)
    if provider.entry.says_when:
        assert outcome.retry_after is not None
        assert outcome.retry_after.total_seconds() == 7
    assert provider.received() == []


async def test_a_slow_answer_is_waited_for(provider: Provider) -> None:
    provider.fault("slow", seconds=0.1)

    assert isinstance(await send(provider), Accepted)


@EVERY
async def test_no_answer_in_time_is_unknown_and_not_failed(entry: Entry, sandbox: Sandbox) -> None:
    async with speaking_to(sandbox, entry, patience=IMPATIENT) as provider:
        provider.fault("tarpit")

        outcome = await send(provider)

    assert isinstance(outcome, Unknown)
    assert not any(secret in repr(outcome) for secret in provider.secrets)
    assert len(provider.received()) == 1


async def test_an_answer_that_was_cut_off_is_unknown(provider: Provider) -> None:
    provider.fault("drop")

    outcome = await send(provider)

    assert isinstance(outcome, Unknown)
    assert len(provider.received()) == 1


async def test_the_next_message_after_a_fault_goes_through(provider: Provider) -> None:
    provider.fault("drop", count=1)
    await send(provider, "d-1")

    assert isinstance(await send(provider, "d-2", number=2), Accepted)


async def test_a_repeat_carries_the_same_id(provider: Provider) -> None:
    provider.fault("drop", count=1)
    await send(provider, "d-7")
    await send(provider, "d-7")

    keys = {provider.key_of(received) for received in provider.received()}
    assert len(provider.received()) == 2
    assert len(keys) == 1
    assert "d-7" in keys.pop()


async def test_a_hundred_at_once_each_reach_their_own_reader(provider: Provider) -> None:
    outcomes = await asyncio.gather(
        *(send(provider, f"d-{number}", number) for number in range(100))
    )

    assert [outcome for outcome in outcomes if not isinstance(outcome, Accepted)] == []
    told = {received["to"][0]: provider.key_of(received) for received in provider.received()}
    wanted = {provider.seen_as(number): f"d-{number}" for number in range(100)}
    assert told.keys() == wanted.keys()
    assert all(wanted[to] in key.strip("<>").split("@") for to, key in told.items())


@pytest.mark.parametrize("mode", ["retry", "reject", "rate_limit", "drop", "slow"])
async def test_no_secret_is_in_an_outcome_or_a_log(
    provider: Provider, mode: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.fault(mode, seconds=0.0)

    outcome = await send(provider)

    assert isinstance(outcome, Accepted) == (mode == "slow")
    for secret in provider.secrets:
        assert secret not in repr(outcome)
        assert secret not in repr(provider.destination())
        assert secret not in caplog.text


async def test_nobody_listening_means_later(provider: Provider) -> None:
    await provider.sandbox.stop()

    assert isinstance(await send(provider), RetryLater)
