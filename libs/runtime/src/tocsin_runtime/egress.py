"""What may leave this machine, and to where: asked of each address that is about to be dialled."""

from __future__ import annotations

import ipaddress
import socket
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import urlsplit

LOOPBACK_NAMES = frozenset({"localhost", "localhost.localdomain", "ip6-localhost"})

ENDS_IN_IPV4 = (ipaddress.IPv6Network("64:ff9b::/96"), ipaddress.IPv6Network("::/96"))
"""Translated by NAT64 (RFC 6052), and IPv4-compatible (RFC 4291, 2.5.5.1)."""
NOT_THE_INTERNET = (
    ipaddress.IPv6Network("64:ff9b:1::/48"),
    ipaddress.IPv6Network("::ffff:0:0:0/96"),
)
"""NAT64 within a network (RFC 8215), and SIIT's addresses (RFC 2765)."""

AddrInfo = tuple[Any, ...]
"""As ``socket.getaddrinfo`` answers: family, type, protocol, name, address."""


class EgressRefused(PermissionError):
    """Something was about to leave that must not: a setting is wrong, or a test is."""


class PrivateAddress(PermissionError):
    """An address that somebody else may choose leads into a private network."""


@dataclass(frozen=True)
class Egress:
    """``loopback_only`` is ``EGRESS=loopback``: tests, where anything else raises."""

    loopback_only: bool = False
    production: bool = False

    @classmethod
    def of(cls, egress: Literal["any", "loopback"], environment: str) -> Egress:
        return cls(loopback_only=egress == "loopback", production=environment == "production")

    def check_provider(self, setting: str, host: str) -> None:
        """At start: raises :class:`EgressRefused` where ``host`` does not fit the environment."""
        if self.production and is_loopback(host):
            raise EgressRefused(
                f"{setting} points at this machine ({host}), which ENVIRONMENT=production "
                "refuses: name the real provider, or use another environment."
            )
        self.check_dial(host)

    def check_dial(self, host: str) -> None:
        """Before each connection."""
        if self.loopback_only and not is_loopback(host):
            raise EgressRefused("EGRESS=loopback lets nothing leave this machine")

    def socket_for(self, address: AddrInfo) -> socket.socket:
        """An aiohttp socket factory: called with the address about to be dialled, whatever name
        or literal led there, so nothing can change between the check and the connection."""
        self.check_dial(str(address[4][0]))
        return socket.socket(address[0], address[1], address[2])

    def public_socket_for(self, address: AddrInfo) -> socket.socket:
        """As :meth:`socket_for`, for URLs that others choose: public addresses only."""
        if not is_public(str(address[4][0])):
            raise PrivateAddress("the address is on a private network")
        return self.socket_for(address)


def is_loopback(host: str) -> bool:
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        return _address(host).is_loopback
    except ValueError:
        return False


def is_public(host: str) -> bool:
    """Whether a literal address is reachable on the internet: not private, loopback, link-local,
    multicast, reserved or a carrier's shared range (RFC 6890 and its successors)."""
    try:
        address = _address(host)
    except ValueError:
        return False
    if any(address in one for one in NOT_THE_INTERNET):
        return False
    if any(address in one for one in ENDS_IN_IPV4):
        address = _translated(address)
    return address.is_global and not address.is_multicast


def host_of(url: str) -> str:
    return urlsplit(url).hostname or ""


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    """An IPv4 address inside an IPv6 one counts as what it is."""
    address = ipaddress.ip_address(host.split("%", 1)[0])
    if isinstance(address, ipaddress.IPv6Address):
        return address.ipv4_mapped or address.sixtofour or address
    return address


def _translated(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> ipaddress.IPv4Address:
    return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
