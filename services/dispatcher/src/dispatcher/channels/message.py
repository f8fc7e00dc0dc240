"""A message ready to go: everything a channel needs and nothing it has to decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tocsin_contracts.words import Kind


class Answer(StrEnum):
    """What a reader may answer at once, by a key, a text or a button.

    Of a client's message 1 confirms, of a call to staff it takes; asking opens the conversation
    (on the telephone it connects to a person).
    """

    CONFIRM = "confirm"
    ASK = "ask"
    TAKE = "take"
    DECLINE = "decline"


@dataclass(frozen=True)
class Thread:
    """Where a message stands in its conversation.

    ``message_id`` is this message's own stable id, the same at every attempt: for email the
    ``Message-ID`` with its angle brackets, elsewhere the delivery's id.
    ``root_id`` is the provider id of the thread's first accepted message (email: its Message-ID,
    Slack: its ``ts``); ``None``: this message is the first.
    ``subject`` is the subject frozen at the first message; ``None`` takes the rendered one.
    """

    message_id: str
    root_id: str | None = None
    list_id: str | None = None
    subject: str | None = None


@dataclass(frozen=True)
class ChatField:
    label: str
    value: str


@dataclass(frozen=True)
class ChatLink:
    label: str
    url: str


@dataclass(frozen=True)
class ChatMessage:
    """Plain text throughout; the channel escapes for its own markup.

    ``header`` is at most 150 characters; ``fallback`` is what a lock screen shows, the state word
    first. ``body`` is what did not fit elsewhere, ``markup`` the same as Slack marks it up, escaped
    already. ``broadcast`` shows a message of a thread in the channel too.
    """

    header: str
    fields: tuple[ChatField, ...]
    fallback: str
    body: str | None = None
    markup: str | None = None
    links: tuple[ChatLink, ...] = ()
    foot: str | None = None
    broadcast: bool = False


@dataclass(frozen=True)
class CalendarPart:
    """An invitation (iCalendar text) that a mail carries; ``method`` as it names it itself."""

    method: str
    text: str = field(repr=False)


@dataclass(frozen=True)
class RenderedMessage:
    """One message to one reader. ``chat`` is set for chat channels, ``payload`` for webhooks.

    ``headers`` are further mail headers, ``calendar`` an invitation for mail. ``encoded`` may carry
    the whole message as bytes already encoded for its channel; a channel that understands them
    prefers them.

    ``answers`` are what the reader may answer at once. ``locale`` is the language it is written
    in. ``dial`` is the number that key 3 of a call connects to. ``short_text`` is what an answering
    machine is left with. ``unsubscribe_url`` is for mail (RFC 8058), as are ``return_path`` and
    ``reply_to``: addresses of ours that name the delivery; ``None`` takes the sender's.
    ``taken_by`` names who has it already, ``confirmed_by`` who said that they read it: buttons give
    way to that.
    """

    kind: Kind
    subject: str
    text: str
    thread: Thread
    from_name: str
    html: str | None = None
    chat: ChatMessage | None = None
    payload: dict[str, Any] | None = None
    headers: tuple[tuple[str, str], ...] = ()
    calendar: CalendarPart | None = None
    encoded: bytes | None = field(default=None, repr=False)
    answers: tuple[Answer, ...] = ()
    locale: str = "en"
    dial: str | None = None
    short_text: str | None = None
    unsubscribe_url: str | None = None
    return_path: str | None = field(default=None, repr=False)
    reply_to: str | None = field(default=None, repr=False)
    taken_by: str | None = None
    confirmed_by: str | None = None
