"""Makes the secrets that nobody else makes, ready for ``kubectl apply``.

    python -m deploy.k8s.secrets tocsin | kubectl apply -f -

Once per installation: the keys seal addresses and sign links, so new ones void the old. Mail and
Slack credentials are yours to add (``smtp-username``, ``smtp-password``, ``slack-bot-token``).
"""

from __future__ import annotations

import json
import secrets
import sys
from base64 import b64encode
from typing import Any

import yaml
from nacl.public import PrivateKey
from nacl.signing import SigningKey

Manifest = dict[str, Any]

OPTIONAL = {"dispatcher-secrets": ("smtp-username", "smtp-password", "slack-bot-token")}
"""Keys that an operator may add, by secret."""


def made(namespace: str) -> list[Manifest]:
    """Fresh keys in the two secrets that the manifests refer to."""
    seal, link, kid = PrivateKey.generate(), SigningKey.generate(), secrets.token_hex(4)
    return [
        _secret(
            namespace,
            "incident-api",
            {
                "bootstrap-admin-key": f"tcs_{secrets.token_urlsafe(32)}",
                "seal-public-key": _text(bytes(seal.public_key)),
                "link-public-keys": json.dumps({kid: _text(bytes(link.verify_key))}),
            },
        ),
        _secret(
            namespace,
            "dispatcher",
            {
                "seal-private-key": _text(bytes(seal)),
                "link-signing-key": _text(bytes(link)),
                "link-signing-kid": kid,
                "webhook-secret": f"whsec_{_text(secrets.token_bytes(24))}",
            },
        ),
    ]


def _secret(namespace: str, service: str, data: dict[str, str]) -> Manifest:
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": f"{service}-secrets",
            "namespace": namespace,
            "labels": {
                "app.kubernetes.io/name": service,
                "app.kubernetes.io/part-of": "tocsin",
            },
        },
        "stringData": data,
    }


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.k8s.secrets <namespace>")
    sys.stdout.write(yaml.safe_dump_all(made(sys.argv[1]), sort_keys=False))
