"""The keys that one installation needs, made once.

As a script it writes each into a file of the folder it is given, unless it is there already. It
stands alone, on PyNaCl, so that it runs inside an image.
"""

from __future__ import annotations

import json
import secrets
import sys
from base64 import b64encode
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey

INCIDENT_API = ("bootstrap-admin-key", "seal-public-key", "link-public-keys")
DISPATCHER = ("seal-private-key", "link-signing-key", "link-signing-kid", "webhook-secret")


def fresh() -> dict[str, str]:
    """Key by name. ``seal`` hides addresses on their way, ``link`` signs one-person links."""
    seal, link, kid = PrivateKey.generate(), SigningKey.generate(), secrets.token_hex(4)
    return {
        "bootstrap-admin-key": f"tcs_{secrets.token_urlsafe(32)}",
        "seal-public-key": _text(bytes(seal.public_key)),
        "link-public-keys": json.dumps({kid: _text(bytes(link.verify_key))}),
        "seal-private-key": _text(bytes(seal)),
        "link-signing-key": _text(bytes(link)),
        "link-signing-kid": kid,
        "webhook-secret": f"whsec_{_text(secrets.token_bytes(24))}",
    }


def write(folder: Path) -> bool:
    """Write the keys, all or none; ``False`` where the folder has them."""
    if (folder / "link-signing-kid").exists():
        return False
    keys = fresh()
    for name in sorted(keys, key=lambda name: name == "link-signing-kid"):
        (folder / name).write_text(keys[name])
    return True


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()


if __name__ == "__main__":
    made = write(Path(sys.argv[1]))
    sys.stdout.write("Keys made.\n" if made else "The keys are there already.\n")
