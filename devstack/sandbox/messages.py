"""What the world received, kept in memory and read lazily."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

import uuid_utils

MOST_KEPT = 50_000
"""Older messages leave the memory; the journal keeps their line."""


@dataclass(frozen=True)
class Content:
    """A message as its reader sees it."""

    subject: str | None
    text: str
    html: str | None
    headers: dict[str, str]
    thread: str | None
    body: Any = None
    """The parsed JSON of a chat message or webhook."""


@dataclass
class Message:
    """One message as it came in. ``read`` parses ``raw`` when somebody looks at it."""

    channel: str
    to: list[str]
    sender: str
    raw: bytes
    received_at: datetime
    read: Callable[[Message], Content]
    also_to: tuple[str, ...] = ()
    """Other names of the same destination, such as a webhook's path name."""
    facts: dict[str, Any] = field(default_factory=dict)
    """What only this channel knows, such as whether a signature was right."""
    id: str = field(default_factory=lambda: str(uuid_utils.uuid7()))

    @cached_property
    def content(self) -> Content:
        return self.read(self)

    def reread(self) -> None:
        """Forget the parsed content after ``raw`` was changed by an edit."""
        self.__dict__.pop("content", None)

    def item(self) -> dict[str, Any]:
        content = self.content
        return {
            "id": self.id,
            "channel": self.channel,
            "to": self.to,
            "from": self.sender,
            "subject": content.subject,
            "text": content.text,
            "html": content.html,
            "headers": content.headers,
            "thread": content.thread,
            "received_at": self.received_at.isoformat(),
            "raw": self.raw.decode(errors="replace"),
            "body": content.body,
            **self.facts,
        }


@dataclass(frozen=True)
class Filter:
    """Which messages are asked for; ``None`` asks for nothing in particular.

    ``since`` is a moment (that and later) or a message id (what came after it).
    """

    to: str | None = None
    channel: str | None = None
    since: datetime | str | None = None
    contains: str | None = None

    def wants(self, message: Message) -> bool:
        return (
            (self.channel is None or message.channel == self.channel)
            and (self.to is None or _is_addressed(message, self.to))
            and (self.since is None or _came_since(message, self.since))
            and (self.contains is None or _contains(message.content, self.contains))
        )


class Mailbox:
    """Every message received, oldest first."""

    def __init__(self, most_kept: int = MOST_KEPT) -> None:
        self._messages: deque[Message] = deque(maxlen=most_kept)
        self.received = 0

    def add(self, message: Message) -> None:
        self._messages.append(message)
        self.received += 1

    def find(self, wanted: Filter) -> Iterator[Message]:
        return (message for message in self._messages if wanted.wants(message))

    def get(self, message_id: str) -> Message | None:
        """Look one up by our id or by the Message-ID header of a mail."""
        for message in reversed(self._messages):
            if message.id == message_id or message.facts.get("message_id") == message_id:
                return message
        return None

    def clear(self) -> int:
        count = len(self._messages)
        self._messages.clear()
        return count

    def __iter__(self) -> Iterator[Message]:
        return iter(self._messages)

    def __len__(self) -> int:
        return len(self._messages)


def _is_addressed(message: Message, to: str) -> bool:
    names: Iterable[str] = (*message.to, *message.also_to)
    return to.casefold() in (name.casefold() for name in names)


def _came_since(message: Message, since: datetime | str) -> bool:
    if isinstance(since, datetime):
        return message.received_at >= since
    return message.id > since


def _contains(content: Content, needle: str) -> bool:
    needle = needle.casefold()
    texts = (content.subject, content.text, content.html)
    return any(needle in text.casefold() for text in texts if text)
