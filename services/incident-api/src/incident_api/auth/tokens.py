"""The keys themselves: 256 random bits, stored only as their SHA-256.

A slow password hash would protect nothing more: nobody guesses 256 bits.
"""

from __future__ import annotations

import hashlib
import secrets

PREFIX = "tocsin_"
SHOWN_CHARACTERS = len(PREFIX) + 6


def new_token() -> str:
    return PREFIX + secrets.token_urlsafe(32)


def new_secret() -> str:
    """For an address that nobody guesses: as many bits as a key has."""
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).digest()


def shown_prefix(token: str) -> str:
    """The beginning, by which people tell keys apart."""
    return token[:SHOWN_CHARACTERS]
