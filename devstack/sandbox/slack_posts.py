"""Messages in Slack: what was posted, as its readers see it, and what they wrote below it."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from devstack.sandbox.messages import Content, Message
from devstack.sandbox.slack_limits import MOST_TEXT

if TYPE_CHECKING:
    from devstack.sandbox.server import Sandbox

BOT = {"user": "tocsin", "user_id": "U0TOCSIN", "bot_id": "B0TOCSIN"}
Arguments = dict[str, Any]


class Posts:
    """By channel and ``ts``: Slack's name for a message is unique within its channel."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._posts: dict[tuple[str, str], Message] = {}
        self._last_ts = 0

    def get(self, channel: str, ts: str) -> Message | None:
        return self._posts.get((channel, ts))

    def add(self, body: Arguments, team: str, also_to: tuple[str, ...]) -> Message:
        ts = self.next_ts()
        message = _received({**body, "text": str(body.get("text") or "")[:MOST_TEXT], "ts": ts})
        message.also_to = also_to
        message.facts["team"] = team
        body = message.content.body
        self._sandbox.journal.write(message, key=key_of(body), subject=body["text"][:120])
        self._sandbox.mailbox.add(message)
        self._posts[str(body["channel"]), ts] = message
        return message

    def change(self, message: Message, new: Arguments) -> None:
        body = {**message.content.body, **new}
        message.raw = json.dumps(body, ensure_ascii=False).encode()
        message.facts["edits"] = message.facts.get("edits", 0) + 1
        message.reread()
        self._sandbox.journal.write(message, key=key_of(new), what="edit")

    def keep_reply(self, channel: str, thread: str, reply: dict[str, str]) -> None:
        """A person's own words, below the thread's first message."""
        root = self.get(channel, thread)
        if root is not None:
            root.facts.setdefault("replies", []).append(reply)

    def next_ts(self) -> str:
        """Seconds and microseconds, unlike any before."""
        self._last_ts = max(self._last_ts + 1, time.time_ns() // 1000)
        return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"


def as_slack_shows(message: Message) -> dict[str, Any]:
    body = message.content.body
    shown = ("text", "blocks", "metadata", "thread_ts", "ts")
    return {
        "type": "message",
        "user": BOT["user_id"],
        **{name: body[name] for name in shown if name in body},
    }


def key_of(body: Arguments) -> str | None:
    """The sender's own id of the message, which it puts into the metadata's payload."""
    payload = (body.get("metadata") or {}).get("event_payload") or {}
    named = [payload.get(name) for name in ("idempotency_key", "delivery_id", "id")]
    return next((str(value) for value in named if value), None)


def _received(body: Arguments) -> Message:
    return Message(
        channel="slack",
        to=[str(body["channel"])],
        sender=str(body.get("username") or BOT["user"]),
        raw=json.dumps(body, ensure_ascii=False).encode(),
        received_at=datetime.now(UTC),
        read=_read,
    )


def _read(message: Message) -> Content:
    body = json.loads(message.raw)
    return Content(
        subject=None,
        text=body["text"],
        html=None,
        headers={},
        thread=body.get("thread_ts") or body["ts"],
        body=body,
    )
