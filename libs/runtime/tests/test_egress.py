"""What may leave this machine: checked at start, and again for each address dialled."""

from __future__ import annotations

import socket
from typing import Any

import pytest
from tocsin_runtime.egress import (
    Egress,
    EgressRefused,
    PrivateAddress,
    is_loopback,
    is_public,
)

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
     "224.0.0.1", "0.0.0.0", "::1", "fe80::1%eth0", "fc00::1", "fd00::1", "::ffff:10.0.0.1",
     "2002:a00:1::1", "64:ff9b::a9fe:a9fe", "64:ff9b::1", "64:ff9b:1::5db8:d70e", "::7f00:1",
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
