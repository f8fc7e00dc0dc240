"""One-person links as they come in: signed by the dispatcher (Ed25519), checked by its public key.

Claims: ``purpose``, ``inc`` (incident), ``person``, ``clients`` (empty: all this person was called
for), ``about`` (what else it names: an approval's id), ``exp``, ``jti`` (the delivery it came
with); header ``kid`` names the key.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

TAKE = "take"
APPROVE = "approve"
REVIEW = "review"
FEEDBACK = "feedback"
CONFIRM = "confirm"
DESTINATION = "destination"
LONGEST = 4096


@dataclass(frozen=True)
class Link:
    """What one link lets one person do."""

    id: str
    incident_id: str
    person: str
    client_keys: tuple[str, ...]
    expires_at: datetime
    about: str | None = None


class LinkRefused(Exception):
    """The link does not count; the message is a sentence for its reader."""


BROKEN = "This link is not complete. Open it again from the message, or copy all of it."
EXPIRED = "This link has expired. A newer message has a newer link; the duty desk can help too."


class LinkKeys:
    """The dispatcher's public keys by their id: base64 of 32 raw bytes each."""

    def __init__(self, encoded: Mapping[str, str]) -> None:
        self._keys = {kid: _public_key(kid, text) for kid, text in encoded.items()}

    def read(self, token: str, *, purpose: str, now: datetime) -> Link:
        """The link behind ``token``; raises :class:`LinkRefused`."""
        claims = self._claims(token)
        if claims.get("purpose") != purpose:
            raise LinkRefused(BROKEN)
        link = _link(claims)
        if link.expires_at <= now:
            raise LinkRefused(EXPIRED)
        return link

    def _claims(self, token: str) -> dict[str, Any]:
        """Expiry is left to the caller's clock."""
        try:
            if len(token) > LONGEST or "\x00" in token:
                raise LinkRefused(BROKEN)
            key = self._keys[jwt.get_unverified_header(token)["kid"]]
            options: Any = {"verify_exp": False, "require": ["exp", "jti"]}
            return jwt.decode(token, key, algorithms=["EdDSA"], options=options)
        except (jwt.InvalidTokenError, KeyError, TypeError):
            raise LinkRefused(BROKEN) from None


def _link(claims: Mapping[str, Any]) -> Link:
    """What holds a NUL names nothing that PostgreSQL could have stored."""
    if "\\x00" in repr(dict(claims)):
        raise LinkRefused(BROKEN)
    try:
        return Link(
            id=str(claims["jti"]),
            incident_id=str(claims["inc"]),
            person=str(claims["person"]),
            client_keys=tuple(str(key) for key in claims["clients"]),
            expires_at=datetime.fromtimestamp(int(claims["exp"]), UTC),
            about=str(claims["about"]) if claims.get("about") is not None else None,
        )
    except (KeyError, TypeError, ValueError, OverflowError):
        raise LinkRefused(BROKEN) from None


def _public_key(kid: str, encoded: str) -> Ed25519PublicKey:
    try:
        return Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded, validate=True))
    except (binascii.Error, ValueError) as error:
        raise ValueError(
            f"LINK_PUBLIC_KEYS: '{kid}' is not the base64 of a 32-byte public key"
        ) from error
