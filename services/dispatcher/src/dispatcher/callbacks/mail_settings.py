"""How mail comes in."""

from __future__ import annotations

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings


class InboundMailSettings(BaseSettings):
    lmtp_host: str = Field(
        default="127.0.0.1", description="Where LMTP_PORT is listened on; nothing asks who it is."
    )
    lmtp_port: int | None = Field(
        default=None,
        ge=0,
        le=65535,
        description="Takes bounces and answers from your mail server by LMTP. Without it none.",
    )
    mail_callback_secret: SecretStr | None = Field(
        default=None,
        description="Lets a mail provider hand on bounces and answers to /callbacks/email.",
    )
    mail_most_bytes: int = Field(
        default=25 * 1024 * 1024,
        ge=64 * 1024,
        description="The largest mail that is taken in; its sender's mail server says so.",
    )
