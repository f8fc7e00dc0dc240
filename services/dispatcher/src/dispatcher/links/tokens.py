"""One-person links: a JWT signed with Ed25519 that incident-api verifies.

No token travels through Kafka or is stored: it is minted when a message is rendered, and the same
message at a repeated attempt carries the same token id.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

TAKE_VALID = timedelta(hours=24)


@dataclass(frozen=True)
class Take:
    """Who may take which clients of an incident; ``client_keys`` empty: all of theirs."""

    delivery_id: str
    incident_id: str
    person: str
    client_keys: tuple[str, ...]


class LinkMaker:
    """Makes links below ``public_url``; ``signing_key`` is a base64 Ed25519 seed of 32 bytes."""

    def __init__(self, *, signing_key: str, kid: str, public_url: str) -> None:
        self._key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(signing_key))
        self._kid = kid
        self._base = public_url.rstrip("/")

    def take(self, take: Take, now: datetime) -> str:
        claims = {
            "purpose": "take",
            "inc": take.incident_id,
            "person": take.person,
            "clients": list(take.client_keys),
            "jti": take.delivery_id,
            "exp": int((now + TAKE_VALID).timestamp()),
        }
        token = jwt.encode(claims, self._key, algorithm="EdDSA", headers={"kid": self._kid})
        return f"{self._base}/take/{token}"
