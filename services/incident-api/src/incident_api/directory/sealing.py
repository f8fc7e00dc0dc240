"""Sealing what only the dispatcher may read (libsodium ``crypto_box_seal``)."""

from __future__ import annotations

import base64
import binascii

import nacl.public

from incident_api.directory.secrets import Seal
from incident_api.web.problem import Problem


def sealing(public_key: str | None) -> Seal:
    """``public_key``: the base64 of 32 raw bytes (X25519); raises ``ValueError`` otherwise.

    Without a key, sealing raises a :class:`Problem`: a secret is never kept readable.
    """
    if public_key is None:
        return _refuse
    try:
        box = nacl.public.SealedBox(nacl.public.PublicKey(base64.b64decode(public_key)))
    except (binascii.Error, ValueError, TypeError) as error:
        raise ValueError("SEAL_PUBLIC_KEY is not the base64 of a 32-byte public key") from error
    return lambda plain: base64.b64encode(box.encrypt(plain.encode())).decode()


def _refuse(_plain: str) -> str:
    raise Problem(
        "seal-key-missing",
        "This directory holds secrets (a webhook, Teams or Apprise), but SEAL_PUBLIC_KEY is not"
        " set; set it and start the service again.",
    )
