"""What the email channel is told: the relays, who mail is from, where answers go, and our key."""

from __future__ import annotations

import json
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
)
from pydantic_core import PydanticCustomError
from pydantic_settings import BaseSettings

from dispatcher.channels import mime
from dispatcher.channels.mail_addresses import MailAddresses, key_from

Tls = Literal["none", "starttls", "implicit"]


class Relay(BaseModel):
    """One mail server to hand mail to; ``per_minute`` is the most mails that it takes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    host: str = Field(min_length=1)
    port: int = Field(default=25, ge=1, le=65535)
    name: str = ""
    username: str | None = None
    password: SecretStr | None = None
    tls: Tls = "starttls"
    connections: int = Field(default=8, ge=1, le=100)
    per_minute: int | None = Field(default=None, ge=1)


def name_of(relay: Relay) -> str:
    """What it is called where its state is shown."""
    return relay.name or f"{relay.host}:{relay.port}"


class EmailSettings(BaseSettings):
    smtp_host: str = Field(default="localhost", description="The mail server to hand mail to.")
    smtp_port: int = Field(default=25, ge=1, le=65535, description="Its port.")
    smtp_username: str | None = Field(default=None, description="User name, if it wants one.")
    smtp_password: SecretStr | None = Field(default=None, description="The password to it.")
    smtp_tls: Tls = Field(
        default="starttls", description="How the connection to the mail server is encrypted."
    )
    smtp_connections: int = Field(
        default=8, ge=1, le=100, description="Connections kept open to the mail server."
    )
    smtp_relays: SecretStr | None = Field(
        default=None,
        description="Several mail servers in place of SMTP_HOST, a JSON list in the order in which"
        " they are tried; each has `host` and may have `port`, `name`, `username`, `password`,"
        " `tls`, `connections` and `per_minute` (the most mails it takes in a minute).",
    )
    smtp_connect_seconds: float = Field(
        default=10,
        gt=0,
        description="Longest time until a mail server is ready to take mail; then the next in"
        " SMTP_RELAYS is tried.",
    )
    smtp_reply_seconds: float = Field(
        default=20, gt=0, description="Longest wait for one answer of the mail server."
    )
    smtp_send_seconds: float = Field(
        default=45, gt=0, description="Longest time for one mail, connection included."
    )
    mail_from: str = Field(
        default="tocsin@localhost", description="Sender's address of every mail."
    )
    mail_return_domain: str | None = Field(
        default=None,
        description="Bounces come back to an address of their own for each mail below this domain,"
        " whose mail must reach LMTP_PORT or /callbacks/email. Without it they go to MAIL_FROM.",
    )
    mail_reply_domain: str | None = Field(
        default=None,
        description="The same for what readers answer. Without it they answer to MAIL_FROM, and"
        " are recognised by what their mail program quotes.",
    )
    dkim_private_key: SecretStr | None = Field(
        default=None,
        description="Signs mail (DKIM): an RSA key as PEM or an Ed25519 one in base64. Leave it out"
        " where a mail server on the way signs.",
    )
    dkim_selector: str = Field(default="tocsin", description="The DNS name of that key.")
    dkim_domain: str | None = Field(
        default=None, description="The domain that signs; MAIL_FROM's, if left out."
    )

    @field_validator("mail_from")
    @classmethod
    def _bare_address(cls, value: str) -> str:
        """Mail servers and ``Message-ID`` take the address alone."""
        address = mime.wire_address(value)
        if mime.address_problem(address) is not None or not address.isascii():
            raise PydanticCustomError(
                "bare_address",
                "give the address alone, such as desk@provider.example; the name that readers see"
                " beside it is the provider's, from the directory.",
            )
        return address

    @field_validator("smtp_relays")
    @classmethod
    def _readable(cls, value: SecretStr | None) -> SecretStr | None:
        """The list is read here, so that a wrong one stops the start; it may hold passwords, so
        that no error quotes it."""
        if value is not None:
            read_relays(value.get_secret_value())
        return value

    def relays(self) -> list[Relay]:
        """In the order in which they are tried; at least one."""
        if self.smtp_relays is not None:
            return read_relays(self.smtp_relays.get_secret_value())
        only = Relay(
            host=self.smtp_host,
            port=self.smtp_port,
            username=self.smtp_username,
            password=self.smtp_password,
            tls=self.smtp_tls,
            connections=self.smtp_connections,
        )
        return [only]


def read_relays(text: str) -> list[Relay]:
    try:
        relays = [Relay.model_validate(one) for one in json.loads(text)]
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise _unreadable(f"see {place}: {error.errors()[0]['msg']}") from None
    except (ValueError, TypeError):
        raise _unreadable("it is no JSON list") from None
    if not relays:
        raise _unreadable("it is empty")
    return relays


def _unreadable(why: str) -> PydanticCustomError:
    # Braces mark placeholders in this kind of error.
    example = '[{{"host": "mail.provider.example", "port": 587}}]'
    return PydanticCustomError(
        "relays", f"give a list of mail servers, such as {example}; {why.replace('{', '{{')}."
    )


def mail_addresses(settings: EmailSettings, secret: str | None) -> MailAddresses:
    """``secret`` is what the check digits are made with; without it no address is marked."""
    return MailAddresses(
        settings.mail_from,
        settings.mail_return_domain,
        settings.mail_reply_domain,
        key_from(secret, "mail addresses") if secret else None,
    )
