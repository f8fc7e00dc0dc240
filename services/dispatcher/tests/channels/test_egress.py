"""What may leave this machine: checked at start, and again for each address dialled."""

from __future__ import annotations

import pytest
from dispatcher.channels.port import Accepted, Channel, Destination, Rejected
from dispatcher.channels.redirect import parse_redirects
from dispatcher.channels.registry import build_channels
from tocsin_contracts import words
from tocsin_runtime.egress import EgressRefused

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for


async def test_a_test_that_would_call_the_world_is_stopped(sandbox: Sandbox) -> None:
    settings = settings_for(
        sandbox, smtp_host="smtp.example.com", slack_base_url="https://93.184.215.14/api/"
    )
    channels = build_channels(settings, egress="loopback", environment="development")
    for name, address in (
        (words.Channel.EMAIL, "jo@acme.example"),
        (words.Channel.SLACK, "C1"),
        (words.Channel.WEBHOOK, "https://93.184.215.14/hook"),
    ):
        with pytest.raises(EgressRefused):
            await channels[name].send(message(), Destination(name, address), idempotency_key="d-1")
        await channels[name].close()


async def test_production_does_not_start_on_this_machines_providers(sandbox: Sandbox) -> None:
    channels = build_channels(settings_for(sandbox), egress="any", environment="production")

    for name, setting in (
        (words.Channel.EMAIL, "SMTP_HOST"),
        (words.Channel.SLACK, "SLACK_BASE_URL"),
    ):
        with pytest.raises(EgressRefused, match=setting):
            await channels[name].open()


def redirecting(sandbox: Sandbox, to: str) -> dict[words.Channel, Channel]:
    settings = settings_for(sandbox, redirect_all_to=to)
    return build_channels(settings, egress="loopback", environment="development")


async def test_in_staging_everything_goes_to_the_stand_in(sandbox: Sandbox) -> None:
    channels = redirecting(sandbox, "ops@nordlicht.example")
    email, slack = channels[words.Channel.EMAIL], channels[words.Channel.SLACK]

    sent = await email.send(
        message(), Destination(words.Channel.EMAIL, "jo@acme.example"), idempotency_key="d-1"
    )
    kept = await slack.send(
        message(), Destination(words.Channel.SLACK, "C1"), idempotency_key="d-2"
    )
    await email.close()

    assert isinstance(sent, Accepted)
    assert kept == Rejected("REDIRECT_ALL_TO names no stand-in for slack")
    assert [mail["to"] for mail in sandbox.messages()] == [["ops@nordlicht.example"]]


def test_a_stand_in_for_each_channel() -> None:
    assert parse_redirects("email=ops@x.example, slack=C024") == {
        words.Channel.EMAIL: "ops@x.example",
        words.Channel.SLACK: "C024",
    }
    assert parse_redirects(None) == {}
    with pytest.raises(ValueError, match="pigeon"):
        parse_redirects("pigeon=roof")
