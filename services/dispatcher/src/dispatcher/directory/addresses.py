"""From a person's addresses to a destination, and to the label that stands for it in our rows.

Rows that outlive a person hold labels, never addresses; the address is read when a message goes.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Callable

from nacl.exceptions import CryptoError
from nacl.public import PrivateKey, SealedBox
from tocsin_contracts.directory import Addresses
from tocsin_contracts.words import Channel

from dispatcher.channels.port import Destination
from dispatcher.channels.sms_numbers import e164

UNREADABLE = "unreadable"
"""The label of a sealed address that our key does not open."""


PLAIN: dict[Channel, Callable[[Addresses], str | None]] = {
    Channel.EMAIL: lambda addresses: addresses.email,
    Channel.SMS: lambda addresses: addresses.phone,
    Channel.VOICE: lambda addresses: addresses.phone,
    Channel.SLACK: lambda addresses: addresses.slack,
}
"""Channels whose address is no secret."""


_SAME: dict[Channel, Callable[[str], str | None]] = {
    Channel.EMAIL: str.lower,
    Channel.SMS: e164,
    Channel.VOICE: e164,
}
"""However a number is written, it is the one that a provider names."""


class SealBroken(ValueError):
    """A sealed address does not open: it was sealed to another key, or it was changed."""


class Seal:
    """Opens what incident-api sealed to us (libsodium ``crypto_box_seal``, base64)."""

    def __init__(self, private_key: str | None) -> None:
        """``private_key`` is 32 bytes in base64; without it nothing opens."""
        key = base64.b64decode(private_key) if private_key else None
        self._box = SealedBox(PrivateKey(key)) if key else None

    def open(self, sealed: str) -> dict[str, str]:
        """``{"url"}``, with ``"secret"`` where there is one and ``"previous_secret"`` while that is
        replaced. Raises :class:`SealBroken`.

        What is not a JSON object is the address itself.
        """
        if self._box is None:
            raise SealBroken("SEAL_PRIVATE_KEY is not set, and this address is sealed")
        try:
            text = self._box.decrypt(base64.b64decode(sealed)).decode()
        except (CryptoError, ValueError) as error:
            raise SealBroken("the address is not sealed to our SEAL_PRIVATE_KEY") from error
        if not text.startswith("{"):
            return {"url": text}
        opened = json.loads(text)
        return {name: value for name, value in opened.items() if value is not None}


def labels(addresses: Addresses, seal: Seal) -> dict[Channel, str]:
    """Each channel on which the person can be reached, with the label of the address there."""
    channels = {channel for channel in PLAIN if PLAIN[channel](addresses)} | set(addresses.sealed)
    return {channel: _label(addresses, channel, seal) for channel in sorted(channels)}


def label_of(to: Destination) -> str:
    """The same for addresses that mean the same mailbox, number, channel or endpoint."""
    address = to.address.strip()
    same = _SAME.get(to.channel, str)(address) or address
    return hashlib.sha256(same.encode(errors="replace")).hexdigest()[:32]


def destination(
    addresses: Addresses, channel: Channel, seal: Seal, name: str | None = None
) -> Destination | None:
    """Where to send now, or ``None`` if there is no such address any more.

    Raises :class:`SealBroken`.
    """
    if channel in addresses.sealed:
        opened = seal.open(addresses.sealed[channel])
        secret, previous = opened.get("secret"), opened.get("previous_secret")
        return Destination(channel, opened["url"], secret, name, previous)
    address = PLAIN[channel](addresses) if channel in PLAIN else None
    return Destination(channel, address, name=name) if address else None


def _label(addresses: Addresses, channel: Channel, seal: Seal) -> str:
    try:
        to = destination(addresses, channel, seal)
    except SealBroken:
        return UNREADABLE
    return label_of(to) if to else UNREADABLE
