"""What an approver says yes to: every text of one message, as all its readers will get it.

The digest is over what does not differ from reader to reader; a name or a link of one of them
changes nothing that needs a yes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from tocsin_contracts.words import Channel

from dispatcher.channels.message import RenderedMessage, Thread
from dispatcher.planning.model import Delivery
from dispatcher.rendering.notice import Notice, Reader
from dispatcher.rendering.render import Renderer

NO_THREAD = Thread(message_id="")
PERSONAL = ("name", "why", "status_link", "preferences_link", "short_link")
READABLE = (Channel.EMAIL, Channel.SLACK, Channel.TEAMS, Channel.SMS)
"""The channel whose text an approver reads, nearest first."""


@dataclass(frozen=True)
class Content:
    """``subject`` and ``body`` are one reader's text, without the links that are theirs alone."""

    sha256: str
    subject: str
    body: str


def content_of(deliveries: Sequence[Delivery], renderer: Renderer) -> Content:
    shown = min(deliveries, key=_readable)
    text = _rendered(shown.message.notice, shown.target.reader, shown.target.channel, renderer)
    return Content(_digest(_texts(deliveries, renderer)), text.subject, text.text)


def _readable(delivery: Delivery) -> int:
    channel = delivery.target.channel
    return READABLE.index(channel) if channel in READABLE else len(READABLE)


def _texts(deliveries: Iterable[Delivery], renderer: Renderer) -> set[str]:
    """Each text once, whoever reads it."""
    readers = {(d.message.id, d.target.channel, anonymous(d.target.reader)): d for d in deliveries}
    return {
        _as_json(channel, _rendered(d.message.notice, reader, channel, renderer))
        for (_, channel, reader), d in readers.items()
    }


def anonymous(reader: Reader) -> Reader:
    """``reader`` with marks in place of what is theirs alone."""
    marks = {name: "{" + name + "}" for name in PERSONAL if getattr(reader, name)}
    roles = ("{roles}",) if reader.roles else ()
    return reader.model_copy(update={"person": "reader", "roles": roles, **marks})


def _rendered(
    notice: Notice, reader: Reader, channel: Channel, renderer: Renderer
) -> RenderedMessage:
    return renderer.render(notice, reader, channel, NO_THREAD)


def _as_json(channel: Channel, message: RenderedMessage) -> str:
    said: dict[str, Any] = asdict(replace(message, thread=NO_THREAD, encoded=None))
    return json.dumps({**said, "channel": channel.value}, sort_keys=True, default=str)


def _digest(texts: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for text in sorted(texts):
        digest.update(hashlib.sha256(text.encode()).digest())
    return digest.hexdigest()
