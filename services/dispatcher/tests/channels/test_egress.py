"""What may leave this machine: checked at start, and again for each address dialled."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from dispatcher.channels.egress import (
    Egress,
    EgressRefused,
    PrivateAddress,
    is_loopback,
    is_public,
    parse_redirects,
)
from dispatcher.channels.port import Accepted, Channel, Destination, Rejected
from dispatcher.channels.registry import build_channels
from tocsin_contracts import words

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

TESTS = Egress(loopback_only=True)
PRODUCTION = Egress(production=True)


def dialled(host: str) -> tuple[Any, ...]:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return family, socket.SOCK_STREAM, 0, "", (host, 443)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "localhost", "LOCALHOST", "::1"])
def test_this_machine_by_any_name(host: str) -> None:
    assert is_loopback(host)
    with pytest.raises(EgressRefused, match="SMTP_HOST points at this machine"):
        PRODUCTION.check_provider("SMTP_HOST", host)


@pytest.mark.parametrize("host", ["smtp.example.com", "10.0.0.1", "93.184.215.14", "::2"])
def test_tests_let_nothing_leave(host: str) -> None:
    with pytest.raises(EgressRefused, match="EGRESS=loopback"):
        TESTS.check_provider("SMTP_HOST", host)
    with pytest.raises(EgressRefused):
        TESTS.check_dial(host)


@pytest.mark.parametrize(
    "host",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.0.1", "169.254.169.254", "100.64.0.1",
     "224.0.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1", "::ffff:10.0.0.1",
     "2002:a00:1::1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::5db8:d70e", "::7f00:1",
     "::ffff:0:127.0.0.1", "not-an-address"],
)  # fmt: skip
def test_private_addresses_are_not_public(host: str) -> None:
    assert not is_public(host)


@pytest.mark.parametrize(
    "host", ["93.184.215.14", "2606:2800:21f:cb07:6820:80da:af6b:8b2c", "64:ff9b::5db8:d70e"]
)
def test_public_addresses_are(host: str) -> None:
    assert is_public(host)
    Egress().public_socket_for(dialled(host)).close()


def test_a_name_that_leads_into_a_private_network_is_caught_by_its_address() -> None:
    with pytest.raises(PrivateAddress):
        Egress().public_socket_for(dialled("10.0.0.1"))
    Egress().socket_for(dialled("10.0.0.1")).close()


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
