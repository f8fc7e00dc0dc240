"""The bodies of what Slack sends to an app, as its documents show them. Pure.

Sources: docs.slack.dev, "block_actions payload", "view_submission payload", "message event",
"Events API: Callback field overview", "Slash commands".
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from typing import Any

APP = "A0TOCSIN"


@dataclass(frozen=True)
class Place:
    """A person at a message: ``ts`` is the message's, ``thread`` its root's."""

    team: str
    channel: str
    user: str
    ts: str
    thread: str


def pressed(
    place: Place, message: dict[str, Any], button: dict[str, Any], trigger: str, response_url: str
) -> dict[str, Any]:
    return {
        "type": "block_actions",
        **_who(place),
        "container": {
            "type": "message",
            "message_ts": place.ts,
            "channel_id": place.channel,
            "is_ephemeral": False,
        },
        "trigger_id": trigger,
        "channel": {"id": place.channel, "name": "directmessage"},
        "message": {**message, "ts": place.ts},
        "response_url": response_url,
        "actions": [{**button, "action_ts": _now()}],
    }


def submitted(place: Place, view: dict[str, Any]) -> dict[str, Any]:
    return {"type": "view_submission", **_who(place), "view": view, "response_urls": []}


def said(place: Place, text: str, ts: str, *, in_thread: bool = True) -> dict[str, Any]:
    """A person's own message, in the thread or (direct messages) beside it."""
    event: dict[str, Any] = {
        "type": "message",
        "channel": place.channel,
        "channel_type": "im" if place.channel.startswith("D") else "channel",
        "user": place.user,
        "text": text,
        "ts": ts,
        "event_ts": ts,
        "team": place.team,
        "client_msg_id": secrets.token_hex(16),
    }
    if in_thread:
        event["thread_ts"] = place.thread
    return {
        "type": "event_callback",
        "team_id": place.team,
        "api_app_id": APP,
        "event": event,
        "event_id": f"Ev0{secrets.token_hex(5).upper()}",
        "event_time": int(time.time()),
        "authorizations": [{"team_id": place.team, "user_id": "U0TOCSIN", "is_bot": True}],
    }


def command(place: Place, text: str, trigger: str, response_url: str) -> dict[str, str]:
    name, _, rest = text.partition(" ")
    return {
        "team_id": place.team,
        "team_domain": "sandbox",
        "channel_id": place.channel,
        "channel_name": "directmessage",
        "user_id": place.user,
        "user_name": place.user.lower(),
        "command": name,
        "text": rest,
        "api_app_id": APP,
        "trigger_id": trigger,
        "response_url": response_url,
    }


def _who(place: Place) -> dict[str, Any]:
    return {
        "user": {"id": place.user, "username": place.user.lower(), "team_id": place.team},
        "team": {"id": place.team, "domain": "sandbox"},
        "api_app_id": APP,
        "is_enterprise_install": False,
    }


def _now() -> str:
    return f"{time.time():.6f}"
