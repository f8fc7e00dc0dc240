"""From a person's addresses to a destination, and to the label that stands for it in our rows.

Rows that outlive a person hold labels, never addresses; the address is read when a message goes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Mapping

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from tocsin_contracts.directory import Addresses
from tocsin_contracts.words import Channel

from dispatcher.channels.port import Destination

UNREADABLE = "unreadable"
"""The label of a sealed address that our key does not open."""


class SealBroken(ValueError):
    """A sealed address does not open: it was sealed to another key, or it was changed."""


class Seal:
    """Opens what incident-api sealed to us (libsodium ``crypto_box_seal``, base64)."""

    def __init__(self, private_key: str) -> None:
        self._box = SealedBox(PrivateKey(base64.b64decode(private_key)))

    def open(self, sealed: str) -> dict[str, str]:
        """Raises :class:`SealBroken`."""
        try:
            opened = json.loads(self._box.decrypt(base64.b64decode(sealed)))
        except (CryptoError, ValueError) as error:
            raise SealBroken(
                "the address is sealed to another key than SEAL_PRIVATE_KEY"
            ) from error
        if not isinstance(opened, dict):
            raise SealBroken("the sealed address is not an object")
        return opened


def labels(addresses: Addresses, seal: Seal) -> dict[Channel, str]:
    """Each channel on which the person can be reached, with the label of the address there."""
    plain = {
        Channel.EMAIL: addresses.email.strip().lower() if addresses.email else None,
        Channel.SMS: addresses.phone,
        Channel.VOICE: addresses.phone,
        Channel.SLACK: addresses.slack,
    }
    known = {channel: label(address) for channel, address in plain.items() if address}
    for channel, sealed in addresses.sealed.items():
        known[channel] = _sealed_label(sealed, seal)
    return known


def label(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()[:32]


def destination(addresses: Addresses, channel: Channel, seal: Seal) -> Destination | None:
    """Where to send now, or ``None`` if there is no such address any more.

    Raises :class:`SealBroken`.
    """
    if channel in addresses.sealed:
        opened = seal.open(addresses.sealed[channel])
        return Destination(channel, opened["url"], secret=opened.get("secret"))
    plain: Mapping[Channel, str | None] = {
        Channel.EMAIL: addresses.email,
        Channel.SMS: addresses.phone,
        Channel.VOICE: addresses.phone,
        Channel.SLACK: addresses.slack,
    }
    address = plain.get(channel)
    return Destination(channel, address) if address else None


def _sealed_label(sealed: str, seal: Seal) -> str:
    try:
        opened = seal.open(sealed)
    except SealBroken:
        return UNREADABLE
    return label(opened["url"]) if opened.get("url") else UNREADABLE
