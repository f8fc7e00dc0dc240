"""What Slack needs to be told: tokens, secrets, pace."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, Field, SecretStr
from pydantic_settings import BaseSettings

DEFAULT_TEAM = ""
"""The workspace that SLACK_BOT_TOKEN belongs to, whose id Slack itself tells."""


class WorkspaceSettings(BaseModel):
    token: SecretStr
    signing_secret: SecretStr | None = None


class SlackSettings(BaseSettings):
    slack_bot_token: SecretStr | None = Field(
        default=None,
        description="Bot token (`xoxb-…`) with `chat:write`; for direct messages by email address"
        " also `im:write` and `users:read.email`; none: no Slack.",
    )
    slack_signing_secret: SecretStr | None = Field(
        default=None,
        description="Signs what Slack sends us: buttons, replies, `/outage`; none: none of these.",
    )
    slack_workspaces: dict[str, WorkspaceSettings] = Field(
        default={},
        description='Further workspaces, JSON by team id: `{"T0ABC": {"token": "xoxb-…",'
        ' "signing_secret": "…"}}`; their addresses are `T0ABC/C024`.',
    )
    slack_base_url: str = Field(
        default="https://slack.com/api/", description="Where Slack's Web API answers."
    )
    slack_concurrency: int = Field(
        default=10, ge=1, le=100, description="Messages to Slack under way at once."
    )
    slack_timeout_seconds: float = Field(
        default=15, gt=0, description="Longest wait for Slack's answer."
    )
    slack_seconds_per_message: float = Field(
        default=1,
        ge=0,
        le=60,
        description="Time between two messages to one channel; Slack takes about one a second.",
    )


@dataclass(frozen=True)
class Workspace:
    """``team`` :data:`DEFAULT_TEAM`: the one of SLACK_BOT_TOKEN."""

    team: str
    token: str = field(repr=False)
    signing_secret: str | None = field(default=None, repr=False)


def workspaces(settings: SlackSettings) -> dict[str, Workspace]:
    """By team id, the default one first."""
    found: dict[str, Workspace] = {}
    if settings.slack_bot_token is not None:
        found[DEFAULT_TEAM] = Workspace(
            DEFAULT_TEAM,
            settings.slack_bot_token.get_secret_value(),
            _value(settings.slack_signing_secret),
        )
    for team, one in settings.slack_workspaces.items():
        secret = _value(one.signing_secret) or _value(settings.slack_signing_secret)
        found[team] = Workspace(team, one.token.get_secret_value(), secret)
    return found


def _value(secret: SecretStr | None) -> str | None:
    return (secret.get_secret_value().strip() or None) if secret else None
