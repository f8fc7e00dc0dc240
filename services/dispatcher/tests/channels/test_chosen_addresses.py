"""Addresses that clients choose, whichever channel takes one: nothing private is ever dialled.

What counts is the address about to be dialled, after names were resolved: a name that resolves to
something harmless first and to a private address later is caught like any other.
"""

from __future__ import annotations

import socket
from typing import Any

import pytest
from dispatcher.channels.port import Destination, Rejected, SendOutcome
from dispatcher.channels.registry import build_channels
from tocsin_contracts.words import Channel

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

CHOSEN = [Channel.WEBHOOK, Channel.TEAMS, Channel.APPRISE]
PRIVATE = [
    "127.0.0.1:9",
    "localhost:9",
    "[::1]:9",
    "[::ffff:127.0.0.1]:9",
    "10.0.0.8",
    "172.16.0.9",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "[fe80::1]",
    "[fd00::1]",
]
pytestmark = pytest.mark.parametrize("name", CHOSEN, ids=lambda name: str(name.value))


async def sent(name: Channel, sandbox: Sandbox, where: str) -> SendOutcome:
    settings = settings_for(
        sandbox,
        webhook_allow_private=False,
        teams_allow_private=False,
        apprise_allow_private=False,
    )
    channel = build_channels(settings, egress="loopback", environment="development")[name]
    await channel.open()
    scheme = "jsons" if name is Channel.APPRISE else "https"
    to = Destination(name, f"{scheme}://{where}/latest/meta-data-of-acme?sig=secret-of-acme")
    try:
        return await channel.send(message(), to, idempotency_key="d-1")
    finally:
        await channel.close()


def resolving(monkeypatch: pytest.MonkeyPatch, *answers: str) -> list[str]:
    """Every name resolves to the next of ``answers``; which names were asked."""
    asked: list[str] = []
    ahead = list(answers)

    def getaddrinfo(host: Any, port: Any, *_: Any, **__: Any) -> list[Any]:
        asked.append(str(host))
        address = ahead.pop(0) if len(ahead) > 1 else ahead[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, int(port or 0)))]

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    return asked


@pytest.mark.parametrize("where", PRIVATE)
async def test_a_private_address_is_refused_as_it_is_dialled(
    name: Channel, sandbox: Sandbox, where: str, caplog: pytest.LogCaptureFixture
) -> None:
    outcome = await sent(name, sandbox, where)

    assert isinstance(outcome, Rejected)
    assert outcome.reason.endswith(
        # Apprise does not read every spelling of an address.
        ("leads into a private network", "makes nothing of this URL")
    )
    assert "of-acme" not in outcome.reason + caplog.text


async def test_a_name_that_leads_inside_is_refused(
    name: Channel, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = resolving(monkeypatch, "169.254.169.254")

    outcome = await sent(name, sandbox, "hooks.acme.example")

    assert isinstance(outcome, Rejected)
    assert "hooks.acme.example" in asked


async def test_a_name_that_turns_private_between_two_looks_is_refused(
    name: Channel, sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever checks a name and then dials it by that name would be led inside the second time."""
    resolving(monkeypatch, "203.0.113.7", "127.0.0.1")
    socket.getaddrinfo("rebinds.acme.example", 443)

    outcome = await sent(name, sandbox, "rebinds.acme.example")

    assert isinstance(outcome, Rejected)
