"""What stands in a directory as somebody's Slack address, taken apart. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEAM = re.compile(r"[TE][A-Z0-9]+")
_USER = re.compile(r"[UW][A-Z0-9]+")


@dataclass(frozen=True)
class SlackAddress:
    """``team`` is a workspace's id, ``None``: the one that SLACK_BOT_TOKEN belongs to.

    ``place`` is a channel's or a person's id, or a person's email address.
    """

    team: str | None
    place: str

    @property
    def is_email(self) -> bool:
        return "@" in self.place

    @property
    def is_user(self) -> bool:
        return _USER.fullmatch(self.place) is not None

    @property
    def is_person(self) -> bool:
        """Reached by a direct message, whose channel has to be asked for."""
        return self.is_email or self.is_user


def parse_address(address: str) -> SlackAddress:
    """``C024``, ``U017``, ``jo@acme.example``, each also after a workspace: ``T0ABC/C024``."""
    team, slash, place = address.strip().partition("/")
    if slash and _TEAM.fullmatch(team):
        return SlackAddress(team, place.strip())
    return SlackAddress(None, address.strip())


def provider_id_of(channel: str, ts: str) -> str:
    """Slack names a message by both; ``ts`` alone is its name within the channel."""
    return f"{channel}/{ts}"


def parse_provider_id(provider_id: str) -> tuple[str | None, str]:
    """Channel and ``ts``. Rows from before the channel was kept have no channel."""
    channel, _, ts = provider_id.rpartition("/")
    return channel or None, ts
