"""The secrets of one stack, made once and kept in its folder, so that links and keys last."""

from __future__ import annotations

import json
import secrets
from base64 import b64encode
from dataclasses import asdict, dataclass, field
from pathlib import Path

from nacl.public import PrivateKey
from nacl.signing import SigningKey


@dataclass
class Secrets:
    """Keys are base64 of the raw 32 bytes. ``api_keys`` by scope, filled once the API runs."""

    bootstrap_admin_key: str
    seal_private_key: str
    seal_public_key: str
    link_signing_key: str
    link_public_key: str
    link_signing_kid: str
    webhook_secret: str
    slack_bot_token: str
    slack_signing_secret: str
    twilio_account_sid: str
    twilio_auth_token: str
    api_keys: dict[str, str] = field(default_factory=dict)


def make_secrets() -> Secrets:
    seal, link = PrivateKey.generate(), SigningKey.generate()
    return Secrets(
        bootstrap_admin_key=f"tcs_{secrets.token_urlsafe(32)}",
        seal_private_key=_text(bytes(seal)),
        seal_public_key=_text(bytes(seal.public_key)),
        link_signing_key=_text(bytes(link)),
        link_public_key=_text(bytes(link.verify_key)),
        link_signing_kid=secrets.token_hex(4),
        webhook_secret=f"whsec_{_text(secrets.token_bytes(24))}",
        slack_bot_token=f"xoxb-{secrets.token_hex(12)}",
        slack_signing_secret=secrets.token_hex(16),
        twilio_account_sid=f"AC{secrets.token_hex(16)}",
        twilio_auth_token=secrets.token_hex(16),
    )


def load_secrets(folder: Path) -> Secrets:
    """Read ``folder/secrets.json``, or make it; what an older version did not keep is made now."""
    path = folder / "secrets.json"
    kept = json.loads(path.read_text()) if path.exists() else {}
    known = {name: value for name, value in kept.items() if name in Secrets.__annotations__}
    made = Secrets(**{**asdict(make_secrets()), **known})
    if asdict(made) != kept:
        save_secrets(folder, made)
    return made


def save_secrets(folder: Path, kept: Secrets) -> None:
    """Whole or not at all, and readable by the owner alone."""
    draft = folder / "secrets.json.new"
    draft.touch(mode=0o600)
    draft.write_text(json.dumps(asdict(kept), indent=2))
    draft.replace(folder / "secrets.json")


def _text(raw: bytes) -> str:
    return b64encode(raw).decode()
