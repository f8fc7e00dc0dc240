"""DKIM: what we sign verifies by the library, and covers what must not be changed."""

from __future__ import annotations

import base64
from dataclasses import replace
from datetime import UTC, datetime

import dkim
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from dispatcher.channels import mime
from dispatcher.channels.dkim_signing import Signer, UnusableKey
from dispatcher.channels.email import EmailChannel
from dispatcher.channels.port import Destination
from tocsin_contracts import words
from tocsin_runtime.egress import Egress

from devstack.sandbox.server import Sandbox
from services.dispatcher.tests.conformance.provider import message, settings_for

JO = Destination(words.Channel.EMAIL, "jo@acme.example", name="Jo Frei")
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
LEAVING = replace(message(), unsubscribe_url="https://t.example/unsubscribe/abc")


def _rsa() -> tuple[str, bytes]:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return pem.decode(), b"v=DKIM1; k=rsa; p=" + base64.b64encode(der)


def _ed25519() -> tuple[str, bytes]:
    key = ed25519.Ed25519PrivateKey.generate()
    seed = key.private_bytes(Encoding.Raw, PrivateFormat.Raw, NoEncryption())
    public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return base64.b64encode(seed).decode(), b"v=DKIM1; k=ed25519; p=" + base64.b64encode(public)


def _verifies(raw: bytes, record: bytes) -> bool:
    def dns(_name: bytes, timeout: int = 5) -> bytes:
        return record

    return bool(dkim.verify(raw, dnsfunc=dns))


@pytest.mark.parametrize("made", [_rsa, _ed25519])
def test_what_is_signed_verifies_and_what_was_changed_does_not(made: object) -> None:
    key, record = made()  # type: ignore[operator]
    signer = Signer.of(domain="nordwind.example", selector="k1", key=key)
    raw = mime.mail(LEAVING, JO, sender="desk@nordwind.example", now=NOW).as_bytes()

    signed = signer.sign(raw)

    assert _verifies(signed, record)
    assert not _verifies(signed.replace(b"unsubscribe/abc", b"unsubscribe/evil"), record)
    assert not _verifies(signed.replace(b"One-Click", b"Two-Click"), record)
    assert not _verifies(b"From: Somebody <else@evil.example>\r\n" + signed, record)


async def test_mail_leaves_signed_where_a_key_is_set(sandbox: Sandbox) -> None:
    key, record = _rsa()
    settings = settings_for(sandbox, dkim_private_key=key, dkim_selector="k1")
    channel = EmailChannel(settings, Egress(loopback_only=True))

    await channel.send(LEAVING, JO, idempotency_key="d-1")
    await channel.close()

    raw = sandbox.messages()[0]["raw"].encode()
    assert b"d=nordlicht.example" in raw
    assert _verifies(raw, record)


def test_a_key_that_is_none_stops_the_start() -> None:
    for key in ("nonsense", "-----BEGIN RSA PRIVATE KEY-----\nnonsense"):
        with pytest.raises(UnusableKey, match="DKIM_PRIVATE_KEY"):
            Signer.of(domain="x.example", selector="s", key=key)


def test_an_umlaut_in_the_address_is_signed_too() -> None:
    key, record = _ed25519()
    signer = Signer.of(domain="nordwind.example", selector="k1", key=key)
    to = replace(JO, address="jö@acme.example")
    raw = mime.mail(LEAVING, to, sender="desk@nordwind.example", now=NOW).as_bytes()

    assert _verifies(signer.sign(raw), record)
