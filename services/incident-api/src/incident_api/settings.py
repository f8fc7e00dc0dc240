"""What this service is told by its environment, beyond what every service is told."""

from __future__ import annotations

from pydantic import Field, SecretStr
from tocsin_runtime.settings import RuntimeSettings


class Settings(RuntimeSettings):
    bootstrap_admin_key: SecretStr | None = Field(
        default=None,
        min_length=16,
        description="A key with all scopes that exists from the first start on; with it all other"
        " keys are made. Taken out again, it stops working at the next start.",
    )
    seal_public_key: str | None = Field(
        default=None,
        description="The dispatcher's public key (X25519, 32 bytes in base64), to which secret"
        " destinations are sealed. Without it a directory with such destinations is refused.",
    )
    dispatcher_url: str = Field(
        default="http://127.0.0.1:7401",
        description="Where the dispatcher's internal port answers previews and tries own words.",
    )
    duty_refresh_minutes: float = Field(
        default=10,
        gt=0,
        le=1440,
        description="How often the duty calendars of account teams are read.",
    )
    duty_calendar_allow_private: bool = Field(
        default=False,
        description="Whether a duty calendar's address may be on a private network.",
    )
    escalation_url: str = Field(
        default="http://127.0.0.1:7402",
        description="Where escalation's internal port plays outages and looks for gaps.",
    )
    stream_most_open: int = Field(
        default=200,
        ge=1,
        description="Open streams (GET /v1/stream) of one process; one more is answered 503.",
    )
    link_public_keys: dict[str, str] = Field(
        default_factory=dict,
        description="The dispatcher's keys for one-person links, as JSON: key id to public key"
        " (Ed25519, 32 bytes in base64).",
    )
