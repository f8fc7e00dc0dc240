"""Short links, for text messages: ``{base}/l/{code}``, which leads to a one-person link.

A code is 12 characters of base64url, 72 bits that nobody can guess without the key. The same
message at a repeated attempt carries the same code. We keep its SHA-256 and what it leads to.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime

from dispatcher.links.tokens import VALID, Link

LENGTH = 12
LEFT_OUT_BY_PHONES = "-_"
"""At its end phones and mail programs take them for punctuation beside the link."""


@dataclass(frozen=True)
class ShortLink:
    """``url`` is what the reader gets; only ``digest`` and ``link`` are kept."""

    url: str = field(repr=False)
    digest: str
    link: Link

    def expires_at(self, made_at: datetime) -> datetime:
        return made_at + VALID[self.link.purpose]


@dataclass(frozen=True)
class Shortener:
    """``base`` without a slash at its end; ``key`` is secret bytes."""

    base: str
    key: bytes = field(repr=False)

    def of_nobody(self) -> Shortener:
        """One whose links look the same and lead nowhere."""
        return Shortener(self.base, secrets.token_bytes(32))

    def shorten(self, link: Link) -> ShortLink:
        code = _code(self.key, f"{link.purpose.value}:{link.delivery_id}")
        return ShortLink(f"{self.base}/l/{code}", digest_of(code), link)


def digest_of(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def _code(key: bytes, name: str) -> str:
    """Redrawn until it ends well."""
    draw = 0
    while True:
        digest = hmac.digest(key, f"{name}:{draw}".encode(), hashlib.sha256)
        code = base64.urlsafe_b64encode(digest[: LENGTH * 6 // 8]).decode()
        if code[-1] not in LEFT_OUT_BY_PHONES:
            return code
        draw += 1
