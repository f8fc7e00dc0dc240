"""Several mail servers in order: the next where one is down, each within its limit."""

from __future__ import annotations

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from dispatcher.channels.email import EmailChannel, EmailSettings
from dispatcher.channels.health import ChannelHealth
from dispatcher.channels.port import Accepted, Destination, Rejected, RetryLater, Unknown
from dispatcher.channels.smtp_allowance import Used, take
from pydantic import SecretStr, ValidationError
from tocsin_contracts import words
from tocsin_runtime.egress import Egress
from tocsin_runtime.testing import FakeClock

from devstack.sandbox.server import Sandbox, Settings
from services.dispatcher.tests.conformance import crooked
from services.dispatcher.tests.conformance.provider import message, settings_for

JO = Destination(words.Channel.EMAIL, "jo@acme.example", name="Jo Frei")


@contextlib.asynccontextmanager
async def over(
    sandbox: Sandbox, *relays: dict[str, Any], health: ChannelHealth | None = None
) -> AsyncIterator[EmailChannel]:
    listed = json.dumps([{"tls": "none", "host": "127.0.0.1", **relay} for relay in relays])
    settings = settings_for(sandbox, smtp_relays=listed, smtp_reply_seconds=2)
    channel = EmailChannel(settings, Egress(loopback_only=True), lambda: 1000.0, health)
    await channel.open()
    yield channel
    await channel.close()


async def test_a_dead_relay_is_passed_over(sandbox: Sandbox) -> None:
    async with Sandbox(Settings()) as gone:
        port = gone.smtp_port
    async with over(sandbox, {"port": port}, {"port": sandbox.smtp_port}) as channel:
        outcome = await channel.send(message("d-1"), JO, idempotency_key="d-1")

    assert isinstance(outcome, Accepted)
    assert len(sandbox.messages()) == 1


@pytest.mark.parametrize("phase", ["connect", "ehlo", "mail"])
async def test_one_that_refuses_us_is_passed_over(sandbox: Sandbox, phase: str) -> None:
    async with Sandbox(Settings()) as first:
        first.fault("email", "reject", code=554, phase=phase)
        relays = {"port": first.smtp_port}, {"port": sandbox.smtp_port}
        async with over(sandbox, *relays) as channel:
            outcome = await channel.send(message("d-1"), JO, idempotency_key="d-1")

    assert isinstance(outcome, Accepted)
    assert len(sandbox.messages()) == 1


async def test_what_a_relay_says_of_the_recipient_is_final(sandbox: Sandbox) -> None:
    async with Sandbox(Settings()) as first:
        first.fault("email", "reject", code=550)
        relays = {"port": first.smtp_port}, {"port": sandbox.smtp_port}
        async with over(sandbox, *relays) as channel:
            outcome = await channel.send(message("d-1"), JO, idempotency_key="d-1")

    assert isinstance(outcome, Rejected)
    assert outcome.suppress is words.SuppressionCause.HARD_BOUNCE
    assert sandbox.messages() == []


async def test_a_mail_that_may_have_been_taken_goes_nowhere_else(sandbox: Sandbox) -> None:
    async with Sandbox(Settings()) as first:
        first.fault("email", "drop", phase="dot")
        relays = {"port": first.smtp_port}, {"port": sandbox.smtp_port}
        async with over(sandbox, *relays) as channel:
            outcome = await channel.send(message("d-1"), JO, idempotency_key="d-1")

    assert isinstance(outcome, Unknown)
    assert sandbox.messages() == []


async def test_the_limit_of_one_is_the_work_of_the_next(sandbox: Sandbox) -> None:
    async with Sandbox(Settings()) as second:
        relays = (
            {"port": sandbox.smtp_port, "per_minute": 2},
            {"port": second.smtp_port, "per_minute": 1},
        )
        async with over(sandbox, *relays) as channel:
            outcomes = [
                await channel.send(message(f"d-{n}"), JO, idempotency_key=f"d-{n}")
                for n in range(4)
            ]
        assert len(second.messages()) == 1

    assert [type(outcome) for outcome in outcomes] == [Accepted, Accepted, Accepted, RetryLater]
    last = outcomes[-1]
    assert isinstance(last, RetryLater)
    assert last.retry_after == timedelta(seconds=60)
    assert not last.provider_down
    assert len(sandbox.messages()) == 2


async def test_where_all_are_down_the_channel_is(sandbox: Sandbox) -> None:
    async with Sandbox(Settings()) as gone:
        port = gone.smtp_port
    async with over(sandbox, {"port": port}, {"port": port}) as channel:
        outcome = await channel.send(message("d-1"), JO, idempotency_key="d-1")

    assert isinstance(outcome, RetryLater)
    assert outcome.provider_down


class Refusing:
    """A mail server that turns every connection away, and counts them."""

    def __init__(self) -> None:
        self.connections = 0

    async def __call__(self, reader: Any, writer: Any) -> None:
        self.connections += 1
        writer.write(b"421 out of order\r\n")


async def test_one_dead_for_an_hour_is_left_alone_and_nobody_waits_for_it(
    sandbox: Sandbox,
) -> None:
    clock, dead = FakeClock(), Refusing()
    async with crooked.serving(dead) as port:
        relays = {"port": port, "name": "near"}, {"port": sandbox.smtp_port, "name": "far"}
        health = ChannelHealth(words.Channel.EMAIL, ["near", "far"], clock)
        async with over(sandbox, *relays, health=health) as channel:
            for number in range(360):
                key = f"d-{number}"
                assert isinstance(
                    await channel.send(message(key), JO, idempotency_key=key), Accepted
                )
                clock.advance(seconds=10)

    assert len(sandbox.messages()) == 360
    assert dead.connections < 25, "it is tried now and then, not for each mail"
    assert health.states[0].reason == "the mail server said 421 out of order"


async def test_an_address_only_the_second_can_carry_goes_there(sandbox: Sandbox) -> None:
    async with crooked.serving(_plain_server) as port:
        relays = {"port": port}, {"port": sandbox.smtp_port}
        async with over(sandbox, *relays) as channel:
            to = replace(JO, address="jö@acme.example")
            outcome = await channel.send(message("d-1"), to, idempotency_key="d-1")

        async with over(sandbox, {"port": port}) as channel:
            refused = await channel.send(message("d-2"), to, idempotency_key="d-2")

    assert isinstance(outcome, Accepted)
    assert isinstance(refused, Rejected)
    assert "SMTPUTF8" in refused.reason


async def _plain_server(reader: Any, writer: Any) -> None:
    """One that knows no extension."""
    writer.write(b"220 plain\r\n")
    while line := await reader.readline():
        writer.write(b"221 bye\r\n" if line[:4].upper() == b"QUIT" else b"250 OK\r\n")


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("mail.example", "no JSON list"),
        ("[]", "empty"),
        ('[{"host": "a", "prot": 1}]', "prot"),
        ('[{"host": "a", "password": {"hunter2": 1}}]', "password"),
    ],
)
def test_a_list_that_cannot_be_read_stops_the_start(text: str, told: str) -> None:
    with pytest.raises(ValidationError, match=told) as refused:
        EmailSettings(smtp_relays=SecretStr(text))

    assert "hunter2" not in refused.value.errors(include_input=False)[0]["msg"]


def test_a_minute_has_its_number_of_mails() -> None:
    used = Used()
    for _ in range(3):
        used, wait = take(used, 10.0, 3)
        assert wait == 0
    _, wait = take(used, 40.0, 3)
    assert wait == 30.0
    assert take(used, 70.0, 3)[1] == 0
    assert take(used, 40.0, None)[1] == 0
