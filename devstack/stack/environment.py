"""The environment each service is started with. Pure: settings in, variables out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from devstack.backing.ports import HOST
from devstack.stack.layout import Layout
from devstack.stack.secrets import Secrets

PASSED_ON = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "VIRTUAL_ENV", "SSL_CERT_FILE")
"""Of the caller's environment; anything else could point a test at somebody's real provider."""

CHOSEN_BY_CALLER = (
    "LOG_FORMAT",
    "LOG_LEVEL",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "KAFKA_MAX_POLL_INTERVAL_MS",
    "LEASE_SECONDS",
    "SLACK_SECONDS_PER_MESSAGE",
)

OUR_NUMBER = "+493023125190"
"""Where text messages and calls come from, and what they are answered to."""


@dataclass(frozen=True)
class Backing:
    """Where the backing services listen; ``databases`` maps a service to its DSN."""

    kafka: str
    databases: dict[str, str]


def service_environment(
    service: str, layout: Layout, secrets: Secrets, backing: Backing, caller: Mapping[str, str]
) -> dict[str, str]:
    """Everything ``service`` reads, and nothing of the caller's it should not."""
    return {
        **{name: caller[name] for name in PASSED_ON if name in caller},
        "LOG_FORMAT": "console",
        "KAFKA_SESSION_TIMEOUT_MS": "6000",  # the shortest a broker takes: restarts are short
        **{name: caller[name] for name in CHOSEN_BY_CALLER if name in caller},
        "PYTHONUNBUFFERED": "1",
        "ENVIRONMENT": "development",
        "EGRESS": "loopback",
        "DATABASE_URL": backing.databases[service],
        "KAFKA_BOOTSTRAP": backing.kafka,
        "HTTP_HOST": HOST,
        "HTTP_PORT": str(layout.port(service)),
        "PUBLIC_URL": layout.url("incident-api"),
        **_OWN[service](layout, secrets),
    }


def _incident_api(layout: Layout, secrets: Secrets) -> dict[str, str]:
    return {
        "DISPATCHER_URL": layout.url("dispatcher"),
        "DUTY_CALENDAR_ALLOW_PRIVATE": "true",
        "ESCALATION_URL": layout.url("escalation"),
        "BOOTSTRAP_ADMIN_KEY": secrets.bootstrap_admin_key,
        "SEAL_PUBLIC_KEY": secrets.seal_public_key,
        "LINK_PUBLIC_KEYS": json.dumps({secrets.link_signing_kid: secrets.link_public_key}),
    }


def _dispatcher(layout: Layout, secrets: Secrets) -> dict[str, str]:
    return {
        "DISPATCHER_PUBLIC_URL": layout.url("dispatcher"),
        "SMTP_HOST": HOST,
        "SMTP_PORT": str(layout.port("sandbox-smtp")),
        "SMTP_TLS": "none",
        "MAIL_FROM": "desk@nordwind.example",
        "MAIL_RETURN_DOMAIN": "bounce.nordwind.example",
        "MAIL_REPLY_DOMAIN": "reply.nordwind.example",
        "LMTP_PORT": str(layout.port("dispatcher-lmtp")),
        "SLACK_BASE_URL": f"{layout.url('sandbox')}/slack/api/",
        "SLACK_BOT_TOKEN": secrets.slack_bot_token,
        "SLACK_SIGNING_SECRET": secrets.slack_signing_secret,
        "TWILIO_BASE_URL": f"{layout.url('sandbox')}/twilio",
        "TWILIO_ACCOUNT_SID": secrets.twilio_account_sid,
        "TWILIO_AUTH_TOKEN": secrets.twilio_auth_token,
        "SMS_FROM": OUR_NUMBER,
        "VOICE_FROM": OUR_NUMBER,
        "WEBHOOK_SECRET": secrets.webhook_secret,
        "WEBHOOK_ALLOW_PRIVATE": "true",
        "TEAMS_ALLOW_PRIVATE": "true",
        "APPRISE_SCHEMES": "json",
        "APPRISE_ALLOW_PRIVATE": "true",
        "SEAL_PRIVATE_KEY": secrets.seal_private_key,
        "LINK_SIGNING_KEY": secrets.link_signing_key,
        "LINK_SIGNING_KID": secrets.link_signing_kid,
    }


def _escalation(_layout: Layout, _secrets: Secrets) -> dict[str, str]:
    # On one machine a second is enough for acknowledges to arrive before alarms go on.
    return {"RECOVERY_GRACE_SECONDS": "1"}


_OWN = {
    "incident-api": _incident_api,
    "dispatcher": _dispatcher,
    "escalation": _escalation,
}
