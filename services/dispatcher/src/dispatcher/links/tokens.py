"""One-person links: a JWT signed with Ed25519 that incident-api verifies.

No token travels through Kafka or is stored: it is minted when a message is rendered, and the same
message at a repeated attempt carries the same token id.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


class Purpose(StrEnum):
    """What a link is for, which is also the first part of its path."""

    TAKE = "take"
    APPROVE = "approve"
    REVIEW = "review"
    FEEDBACK = "feedback"
    CONFIRM = "confirm"
    DESTINATION = "destination"


VALID = {
    Purpose.TAKE: timedelta(hours=24),
    Purpose.APPROVE: timedelta(days=7),
    Purpose.REVIEW: timedelta(days=365),
    Purpose.FEEDBACK: timedelta(days=30),
    Purpose.CONFIRM: timedelta(days=30),
    Purpose.DESTINATION: timedelta(days=7),
}
"""For how long after it was sent. A review is passed on and looked up again; the rest is about a
moment that passes."""


@dataclass(frozen=True)
class Link:
    """What one link lets one person do.

    ``client_keys`` empty: every client the person was asked about. ``about`` names what else it is
    for, such as an approval's id.
    """

    purpose: Purpose
    delivery_id: str
    incident_id: str
    person: str
    client_keys: tuple[str, ...] = ()
    about: str | None = None


class LinkMaker:
    """Makes links below ``public_url``; ``signing_key`` is a base64 Ed25519 seed of 32 bytes."""

    def __init__(self, *, signing_key: str, kid: str, public_url: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(signing_key))
        self._kid = kid
        self._base = public_url.rstrip("/")

    def of_nobody(self) -> LinkMaker:
        """One whose links look the same and open nothing: its key is known to nobody."""
        seed = base64.b64encode(secrets.token_bytes(32)).decode()
        return LinkMaker(signing_key=seed, kid=self._kid, public_url=self._base)

    def make(self, link: Link, now: datetime) -> str:
        claims = {
            "purpose": link.purpose.value,
            "inc": link.incident_id,
            "person": link.person,
            "clients": list(link.client_keys),
            "jti": link.delivery_id,
            "exp": int((now + VALID[link.purpose]).timestamp()),
            **({"about": link.about} if link.about else {}),
        }
        token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._kid})
        return f"{self._base}/{link.purpose.value}/{token}"
