"""DKIM (RFC 6376): our own signature, where no mail server on the way makes one."""

from __future__ import annotations

import asyncio
import base64
import binascii
from dataclasses import dataclass, field

import dkim

SIGNED = (
    "From To Subject Date Message-ID In-Reply-To References Reply-To MIME-Version Content-Type"
    " Content-Transfer-Encoding List-Id List-Unsubscribe List-Unsubscribe-Post Auto-Submitted"
)
"""RFC 8058, 4: both headers of unsubscribing must be signed, or mail programs do not offer it."""
_SIGNED = [name.encode().lower() for name in SIGNED.split()]


class UnusableKey(ValueError):
    """The text is not a private key that mail is signed with."""


@dataclass(frozen=True)
class Signer:
    """``key`` is a PEM of RSA, or 32 bytes of Ed25519 in base64 (RFC 8463)."""

    domain: str
    selector: str
    key: bytes = field(repr=False)
    algorithm: bytes = b"rsa-sha256"

    @classmethod
    def of(cls, *, domain: str, selector: str, key: str) -> Signer:
        """Raises :class:`UnusableKey`."""
        algorithm = b"rsa-sha256" if "-----BEGIN" in key else b"ed25519-sha256"
        signer = cls(domain, selector, _read(key, algorithm), algorithm)
        try:
            signer.sign(b"From: a@example.com\r\n\r\nA trial.\r\n")
        except Exception as error:
            raise UnusableKey(
                "DKIM_PRIVATE_KEY is no key that mail can be signed with: give an RSA private key"
                " as PEM, or an Ed25519 one as 32 bytes in base64."
            ) from error
        return signer

    def sign(self, raw: bytes) -> bytes:
        """``raw`` with the signature above it; each name once more than it is there, so that
        nobody can add a second From or Subject."""
        present = {line.partition(b":")[0].strip().lower() for line in _header_lines(raw)}
        names = [name for name in _SIGNED if name in present]
        signature: bytes = dkim.sign(
            raw,
            self.selector.encode(),
            self.domain.encode("idna"),
            self.key,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=self.algorithm,
            include_headers=[*names, b"from", b"subject"],
        )
        return signature + raw

    async def signed(self, raw: bytes) -> bytes:
        """In a thread: an RSA signature takes milliseconds."""
        return await asyncio.to_thread(self.sign, raw)


def _header_lines(raw: bytes) -> list[bytes]:
    return raw.partition(b"\r\n\r\n")[0].split(b"\r\n")


def _read(key: str, algorithm: bytes) -> bytes:
    """A setting may hold the line ends of a PEM as ``\\n``; Ed25519 keys travel as base64."""
    if algorithm == b"rsa-sha256":
        return key.replace("\\n", "\n").encode()
    try:
        return base64.b64encode(base64.b64decode(key, validate=True))
    except (binascii.Error, ValueError):
        return b""
