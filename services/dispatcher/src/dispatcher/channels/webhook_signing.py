"""The headers of one attempt (Standard Webhooks 1.0, "Signature scheme"), by its own library."""

from __future__ import annotations

import binascii
from datetime import datetime

from standardwebhooks.webhooks import EmptyWebhookSecretError, Webhook


class BadSecret(ValueError):
    """The endpoint's secret is missing, or is not ``whsec_`` and base64."""


def webhook_id(key: str) -> str:
    """Ids must hold no dot: the signature is over ``id.timestamp.body``."""
    return key.replace(".", "-")


def signed_headers(
    body: str, key: str, now: datetime, secret: str, previous: str | None
) -> dict[str, str]:
    """The id stays over repeats, the timestamp is this attempt's. While a secret is replaced there
    are two signatures, separated by a space, of which a receiver takes either. Raises
    :class:`BadSecret`.
    """
    identifier = webhook_id(key)
    signatures = [_signature(one, identifier, now, body) for one in (secret, previous) if one]
    if not signatures:
        raise BadSecret
    return {
        "content-type": "application/json",
        "user-agent": "Tocsin",
        "webhook-id": identifier,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": " ".join(signatures),
    }


def _signature(secret: str, identifier: str, now: datetime, body: str) -> str:
    try:
        return Webhook(secret).sign(identifier, now, body)
    except (EmptyWebhookSecretError, binascii.Error, ValueError) as error:
        raise BadSecret from error
