"""A chat message as Slack's blocks.

Limits, docs.slack.dev Block Kit: header 150 characters, section 3,000, ten fields of 2,000.
"""

from __future__ import annotations

from typing import Any

from dispatcher.channels.message import ChatField, ChatLink, ChatMessage

HEADER, SECTION, FIELD = 150, 3_000, 2_000
TEXT = 4_000

Block = dict[str, Any]


def blocks(chat: ChatMessage) -> list[Block]:
    made: list[Block] = [
        {"type": "header", "text": {"type": "plain_text", "text": chat.header[:HEADER]}}
    ]
    if chat.fields:
        made.append({"type": "section", "fields": [_field(field) for field in chat.fields[:10]]})
    if chat.body:
        body = chat.markup or fitting(chat.body, SECTION)
        made.append({"type": "section", "text": _markdown(body)})
    if chat.links:
        made.append({"type": "section", "text": _markdown(_links(chat.links))})
    if chat.foot:
        made.append({"type": "context", "elements": [_markdown(fitting(chat.foot, FIELD))]})
    return made


def escaped(text: str) -> str:
    """docs.slack.dev, "Escaping text": these three and no others."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def fitting(text: str, longest: int) -> str:
    """Escaped and at most ``longest`` characters, no escape cut in two."""
    whole = escaped(text)
    if len(whole) <= longest:
        return whole
    kept = whole[: longest - 1]
    last = kept.rfind("&")
    if last > len(kept) - 5 and ";" not in kept[last:]:
        kept = kept[:last]
    return kept.rstrip() + "…"


def _field(field: ChatField) -> Block:
    label = escaped(field.label)[:200]
    return _markdown(f"*{label}*\n{fitting(field.value, FIELD - len(label) - 3)}")


def _links(links: tuple[ChatLink, ...]) -> str:
    return "  ·  ".join(f"<{_url(link.url)}|{escaped(link.label)}>" for link in links)


def _url(url: str) -> str:
    return url.replace("&", "&amp;").replace("<", "%3C").replace(">", "%3E").replace("|", "%7C")


def _markdown(text: str) -> Block:
    return {"type": "mrkdwn", "text": text}
