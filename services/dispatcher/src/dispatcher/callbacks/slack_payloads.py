"""What Slack sends, as the few facts that we need of it. Pure; what does not fit is nothing.

Shapes: docs.slack.dev, "block_actions payload", "view_submission payload", "message event",
"app_mention event".
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dispatcher.channels.message import Answer
from dispatcher.channels.slack_address import provider_id_of
from dispatcher.channels.slack_blocks import ACTION

OURS = frozenset({None, "file_share", "thread_broadcast"})
"""Subtypes of what a person says; the rest tells of edits, joins and the like."""
FORM = f"{ACTION}question"
FIELD = "question"
MOST_FILES = 20
_LINK = re.compile(r"<(https?://[^|>\s]+|mailto:[^|>\s]+)(?:\|([^>]*))?>")
_MENTION = re.compile(r"<[@#!]([^|>]*)(?:\|([^>]*))?>")


@dataclass(frozen=True)
class Press:
    """Somebody pressed a button of ours. ``message`` is ``channel/ts`` of where it stands."""

    id: str
    answer: Answer
    delivery_id: str
    message: str
    user: str
    trigger_id: str
    response_url: str | None


@dataclass(frozen=True)
class Filled:
    """Somebody sent the form that asks for a question."""

    id: str
    delivery_id: str
    message: str
    locale: str | None
    user: str
    text: str


@dataclass(frozen=True)
class Said:
    """Somebody wrote a message. ``thread`` is ``channel/ts`` of the thread's first message;
    ``direct``: to our app alone. ``mentioned``: they named our app."""

    id: str
    channel: str
    user: str
    text: str
    thread: str | None
    direct: bool
    mentioned: bool = False
    files: tuple[str, ...] = ()


def press_of(body: Mapping[str, Any]) -> Press | None:
    action = next(iter(body.get("actions") or ()), None)
    container = body.get("container") or {}
    if not isinstance(action, dict) or not isinstance(container, dict):
        return None
    answer = _answer(str(action.get("action_id") or ""))
    channel, ts = container.get("channel_id"), container.get("message_ts")
    user = (body.get("user") or {}).get("id")
    if answer is None or not (channel and ts and user and action.get("value")):
        return None
    message = provider_id_of(str(channel), str(ts))
    return Press(
        id=f"{message}/{answer.value}/{user}/{action.get('action_ts')}",
        answer=answer,
        delivery_id=str(action["value"])[:100],
        message=message,
        user=str(user),
        trigger_id=str(body.get("trigger_id") or ""),
        response_url=body.get("response_url") or None,
    )


def filled_of(body: Mapping[str, Any]) -> Filled | None:
    view = body.get("view") or {}
    try:
        about = json.loads(view.get("private_metadata") or "{}")
        text = view["state"]["values"][FIELD][FIELD].get("value") or ""
        return Filled(
            id=str(view["id"]),
            delivery_id=str(about["delivery"]),
            message=str(about["message"]),
            locale=about.get("locale"),
            user=str(body["user"]["id"]),
            text=str(text),
        )
    except (ValueError, KeyError, TypeError, AttributeError):
        return None


def said_of(body: Mapping[str, Any]) -> Said | None:
    """``None``: it was no person's own message."""
    event = body.get("event") or {}
    is_bot = event.get("bot_id") or event.get("bot_profile") or event.get("app_id")
    channel, user, ts = event.get("channel"), event.get("user"), event.get("ts")
    if event.get("subtype") not in OURS or is_bot or not (channel and user and ts):
        return None
    thread = event.get("thread_ts")
    return Said(
        id=provider_id_of(str(channel), str(ts)),
        channel=str(channel),
        user=str(user),
        text=plain(str(event.get("text") or "")),
        thread=provider_id_of(str(channel), str(thread)) if thread else None,
        direct=event.get("channel_type") == "im" or str(channel).startswith("D"),
        mentioned=event.get("type") == "app_mention",
        files=_files(event.get("files")),
    )


def plain(text: str) -> str:
    """Slack's markup as a person reads it: a link's words and address, a mention's name."""
    text = _LINK.sub(_link, text)
    text = _MENTION.sub(lambda found: f"@{found[2] or found[1]}", text)
    return html.unescape(text).strip()


def _link(found: re.Match[str]) -> str:
    url, words = found[1].removeprefix("mailto:"), found[2]
    return url if not words or words == url else f"{words} ({url})"


def _answer(action_id: str) -> Answer | None:
    word = action_id.removeprefix(ACTION) if action_id.startswith(ACTION) else ""
    return Answer(word) if word in set(Answer) else None


def _files(files: Any) -> tuple[str, ...]:
    named = [one.get("name") for one in files or () if isinstance(one, dict)]
    return tuple(str(name)[:200] for name in named[:MOST_FILES] if name)
