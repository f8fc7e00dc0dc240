"""What the dispatcher is told by its environment, beyond what every service is told."""

from __future__ import annotations

from pydantic import Field, SecretStr
from tocsin_runtime.settings import RuntimeSettings

from dispatcher.callbacks.mail_settings import InboundMailSettings
from dispatcher.channels.registry import ChannelSettings


class Settings(RuntimeSettings, ChannelSettings, InboundMailSettings):
    seal_private_key: SecretStr | None = Field(
        default=None,
        description="Opens secret destinations (X25519, 32 bytes in base64); its public half is"
        " incident-api's SEAL_PUBLIC_KEY. Without it webhooks are not delivered.",
    )
    link_signing_key: SecretStr | None = Field(
        default=None,
        description="Signs one-person links (Ed25519 seed, 32 bytes in base64); its public half is"
        " in incident-api's LINK_PUBLIC_KEYS. Without it calls to staff carry no link.",
    )
    link_signing_kid: str = Field(
        default="k1", description="The name of LINK_SIGNING_KEY in LINK_PUBLIC_KEYS."
    )
    max_notice_age_hours: float = Field(
        default=24, gt=0, description="Nobody is told of an event older than this."
    )
    client_waiting_seconds: float = Field(
        default=60,
        gt=0,
        description="A client that waits for its directory for longer is reported.",
    )
    lease_seconds: float = Field(
        default=15,
        ge=3,
        description="What a process that died was sending is taken over after this.",
    )
    dispatcher_public_url: str | None = Field(
        default=None,
        description="Where providers and readers reach the dispatcher, such as"
        " https://tocsin.example.com: call-backs, short links and unsubscribing are below it."
        " Without it they are below PUBLIC_URL.",
    )
    short_link_url: str | None = Field(
        default=None,
        description="What links in text messages begin with, such as https://nl.example: a short"
        " host of its own, whose /l/ leads to the dispatcher. Without it DISPATCHER_PUBLIC_URL.",
    )


def public_base(settings: Settings) -> str:
    """What the URLs of this service begin with, for readers and for providers; no slash at the
    end."""
    return (settings.dispatcher_public_url or settings.public_url).rstrip("/")
