"""Makes the secrets that nobody else makes, ready for ``kubectl apply``.

    python -m deploy.k8s.secrets tocsin | kubectl apply -f -

Once per installation: the keys seal addresses and sign links, so new ones void the old. Mail and
Slack credentials are yours to add (``smtp-username``, ``smtp-password``, ``slack-bot-token``).
"""

from __future__ import annotations

import sys
from typing import Any

import yaml

from deploy.keys import DISPATCHER, INCIDENT_API, fresh

Manifest = dict[str, Any]

OPTIONAL = {
    "dispatcher-secrets": (
        "smtp-username",
        "smtp-password",
        "smtp-relays",
        "slack-bot-token",
        "slack-signing-secret",
        "slack-workspaces",
        "twilio-auth-token",
        "dkim-private-key",
        "mail-callback-secret",
    )
}
"""Keys that an operator may add, by secret."""


def made(namespace: str) -> list[Manifest]:
    """Fresh keys in the two secrets that the manifests refer to."""
    keys = fresh()
    return [
        _secret(namespace, "incident-api", {name: keys[name] for name in INCIDENT_API}),
        _secret(namespace, "dispatcher", {name: keys[name] for name in DISPATCHER}),
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


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("usage: python -m deploy.k8s.secrets <namespace>")
    sys.stdout.write(yaml.safe_dump_all(made(sys.argv[1]), sort_keys=False))
