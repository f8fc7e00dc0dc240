"""A chat message as an Adaptive Card for a Teams workflow.

Sources: adaptivecards.io, schema 1.4 (RichTextBlock, TextRun, Action.OpenUrl);
learn.microsoft.com, "Create incoming webhooks with Workflows" (the envelope; a message of about
28 KB) and "Cards reference" (of a webhook's card only OpenUrl acts, and a card shows six actions).
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from dispatcher.channels.message import ChatField, ChatMessage

MOST_BYTES = 27_000
"""Of about 28 KB; what the workflow wraps around a card counts too."""
MOST_ACTIONS = 6
SHORT_FIELD = 500
VERSION = "1.4"

Element = dict[str, Any]


def card_body(chat: ChatMessage) -> bytes:
    """The request's body, shortened to what Teams takes. Raises :class:`ValueError`."""
    for shorter in _ever_shorter(chat):
        body = _encoded(shorter)
        if len(body) <= MOST_BYTES:
            return body
    raise ValueError("the message is too large for Teams, even shortened")


def _ever_shorter(chat: ChatMessage) -> Iterator[ChatMessage]:
    """What is lost first is what the page behind the links says as well; the header, the state and
    the links stay."""
    yield chat
    if chat.body:
        yield replace(chat, body=_fitting(chat.body, lambda body: replace(chat, body=body)))
    chat = replace(chat, body=None)
    yield chat
    chat = replace(chat, foot=None)
    yield chat
    short = tuple(ChatField(_cut(f.label, 100), _cut(f.value, SHORT_FIELD)) for f in chat.fields)
    yield replace(chat, fields=short[:10])


def _fitting(text: str, made: Callable[[str], ChatMessage]) -> str:
    """The longest beginning of ``text``, to a whole word, with which the message fits.

    A character takes one to twelve bytes in JSON, so the length is searched and not computed.
    """
    fits, too_long = 0, len(text)
    while too_long - fits > 1:
        middle = (fits + too_long) // 2
        if len(_encoded(made(_cut(text, middle)))) <= MOST_BYTES:
            fits = middle
        else:
            too_long = middle
    return _cut(text, fits)


def _cut(text: str, longest: int) -> str:
    if len(text) <= longest:
        return text
    kept = text[: max(longest - 1, 0)]
    word = kept.rpartition(" ")[0] or kept
    return f"{(word if len(word) > len(kept) - 40 else kept).rstrip()}…"


def _encoded(chat: ChatMessage) -> bytes:
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": VERSION,
        "fallbackText": chat.fallback,
        "msteams": {"width": "Full"},
        "body": list(_elements(chat)),
        "actions": [
            {"type": "Action.OpenUrl", "title": link.label, "url": link.url}
            for link in chat.links[:MOST_ACTIONS]
        ],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": content,
    }
    envelope = {"type": "message", "summary": chat.fallback, "attachments": [attachment]}
    return json.dumps(envelope, ensure_ascii=False).encode()


def _elements(chat: ChatMessage) -> Iterator[Element]:
    yield _text(_run(chat.header, weight="bolder", size="large"))
    for field in chat.fields:
        yield _text(_run(f"{field.label}: ", weight="bolder"), _run(field.value))
    for paragraph in (chat.body or "").split("\n\n"):
        if paragraph.strip():
            yield _text(_run(paragraph.strip()))
    if chat.foot:
        yield _text(_run(chat.foot, size="small", isSubtle=True))


def _text(*runs: Element) -> Element:
    """Text runs and not a TextBlock, which would read markup into what a tool or a person wrote."""
    return {"type": "RichTextBlock", "inlines": list(runs)}


def _run(text: str, **look: Any) -> Element:
    return {"type": "TextRun", "text": text, **look}
