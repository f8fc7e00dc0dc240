"""The settings every service has, read from the environment.

A variable is the upper-case field name. ``<NAME>_FILE`` names a file that holds the value, so that
secrets can be mounted instead of put in the environment.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import Field, SecretStr
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    EnvSettingsSource,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
)


class RuntimeSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="ignore", frozen=True)

    environment: Literal["development", "production"] = Field(
        default="development",
        description="`production` refuses provider addresses on this machine.",
    )
    database_url: SecretStr = Field(
        description="The service's own PostgreSQL database, `postgresql://user:password@host/name`."
    )
    database_pool_size: int = Field(
        default=10, ge=2, le=200, description="Most connections one process keeps open."
    )
    epoch: int = Field(
        default=1,
        ge=1,
        description="Raise it by one after the database was restored to an earlier moment.",
    )
    kafka_bootstrap: str = Field(
        default="127.0.0.1:9092", description="Kafka brokers, `host:port`, comma-separated."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_SSL", "SASL_PLAINTEXT"] = Field(
        default="PLAINTEXT", description="How to speak to the brokers."
    )
    kafka_username: str | None = Field(default=None, description="SASL SCRAM user name.")
    kafka_password: SecretStr | None = Field(default=None, description="SASL SCRAM password.")
    kafka_ca_file: Path | None = Field(
        default=None, description="Certificate authority of the brokers, PEM."
    )
    kafka_topic_prefix: str = Field(
        default="", description="Put before every topic and group; lets installations share Kafka."
    )
    kafka_session_timeout_ms: int = Field(
        default=10_000, ge=1_000, description="A consumer silent for this long loses its share."
    )
    kafka_max_poll_interval_ms: int = Field(
        default=300_000, ge=1_000, description="Longest time between two polls of a consumer."
    )
    http_host: str = Field(default="127.0.0.1", description="Address to listen on.")
    http_port: int = Field(default=8080, ge=0, le=65535, description="Port to listen on.")
    public_url: str = Field(
        default="http://127.0.0.1:8080",
        description="Where people reach Tocsin; links in messages start with it.",
    )
    log_format: Literal["json", "console"] = Field(
        default="json", description="One JSON object a line, or text for people."
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least severe lines to print."
    )
    otel_exporter_otlp_endpoint: str | None = Field(
        default=None, description="OTLP/HTTP collector for traces; none are made without it."
    )
    shutdown_seconds: float = Field(
        default=20, gt=0, description="Time to finish what is under way when told to stop."
    )
    dead_letter_limit_per_minute: int = Field(
        default=60, ge=1, description="More dead letters than this stop the consumer."
    )
    egress: Literal["any", "loopback"] = Field(
        default="any", description="`loopback` lets nothing leave this machine, as in tests."
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, FileVariables(settings_cls), env_settings


class FileVariables(EnvSettingsSource):
    """Reads ``<NAME>_FILE`` where it is set; a file that cannot be read stops the start."""

    def get_field_value(self, field: FieldInfo, field_name: str) -> tuple[Any, str, bool]:
        path = self.env_vars.get(f"{field_name}_file")
        if path is None:
            return None, field_name, False
        return Path(path).read_text().strip(), field_name, self.field_is_complex(field)
