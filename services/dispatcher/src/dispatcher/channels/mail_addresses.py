"""Addresses of our own that say which delivery a mail coming back speaks of.

A return path with the delivery in it (VERP) makes a bounce certain even where its report quotes
nothing; the check digits keep strangers from naming deliveries. Local parts are compared without
case, since some mail servers lower them on the way.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID


class Use(StrEnum):
    """What an address of ours is for, which is also the first part of it."""

    BOUNCES = "bounces"
    REPLY = "reply"


@dataclass(frozen=True)
class Named:
    """A delivery that an address named, with check digits that are ours."""

    use: Use
    delivery_id: str


_LOCAL = re.compile(r"(bounces|reply)\+([0-9a-f]{32})-([a-z2-7]{8})")


@dataclass(frozen=True)
class MailAddresses:
    """``sender`` is who mail is from. Without ``return_domain`` bounces go to the sender, without
    ``reply_domain`` replies do; ``key`` is secret bytes."""

    sender: str
    return_domain: str | None = None
    reply_domain: str | None = None
    key: bytes | None = field(default=None, repr=False)

    def return_path(self, delivery_id: str) -> str | None:
        return self._marked(Use.BOUNCES, delivery_id, self.return_domain)

    def reply_to(self, delivery_id: str) -> str | None:
        return self._marked(Use.REPLY, delivery_id, self.reply_domain)

    def named_by(self, address: str) -> Named | None:
        """The delivery that ``address`` names; ``None`` where it is no such address of ours, or
        somebody made it up."""
        found = _LOCAL.fullmatch(address.strip().partition("@")[0].lower())
        if found is None or self.key is None:
            return None
        use, delivery, digits = Use(found[1]), str(UUID(found[2])), found[3]
        if not hmac.compare_digest(digits, _digits(self.key, use, delivery)):
            return None
        return Named(use, delivery)

    def is_return_path(self, address: str) -> bool:
        """Whether it is of the form of a return path, whoever made it: nothing sent there is for a
        person to read."""
        return address.strip().lower().startswith(f"{Use.BOUNCES}+")

    def _marked(self, use: Use, delivery_id: str, domain: str | None) -> str | None:
        if domain is None or self.key is None or not _is_uuid(delivery_id):
            return None
        digits = _digits(self.key, use, delivery_id)
        return f"{use}+{UUID(delivery_id).hex}-{digits}@{domain}"


def key_from(secret: str, purpose: str) -> bytes:
    """A key of its own for each purpose, from one secret."""
    return hmac.digest(secret.encode(), f"tocsin {purpose}".encode(), hashlib.sha256)


def _digits(key: bytes, use: Use, delivery_id: str) -> str:
    """40 bits: a guess costs a mail each."""
    digest = hmac.digest(key, f"{use}:{delivery_id}".encode(), hashlib.sha256)
    return base64.b32encode(digest[:5]).decode().lower()


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
