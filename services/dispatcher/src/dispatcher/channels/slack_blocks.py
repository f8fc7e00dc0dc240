"""A chat message as Slack's blocks.

Limits, docs.slack.dev Block Kit: header 150 characters, section 3,000, ten fields of 2,000, a
button's label 75, its value 2,000, an action's id 255.
"""

from __future__ import annotations

from typing import Any

from dispatcher.channels.message import (
    Answer,
    ChatField,
    ChatLink,
    ChatMessage,
    RenderedMessage,
)
from dispatcher.channels.slack_words import SlackWords, words_for

HEADER, SECTION, FIELD = 150, 3_000, 2_000
TEXT = 4_000

BUTTON = 75
ACTION = "tocsin_"
"""Our buttons' ids begin with it; the answer follows."""

Block = dict[str, Any]


def message_blocks(message: RenderedMessage, delivery_id: str) -> list[Block]:
    """The message with its buttons, which carry the delivery's id and nothing secret."""
    if message.chat is None:
        return []
    words = words_for(message.locale)
    return blocks(message.chat) + _settled(message, words) + _buttons(message, words, delivery_id)


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


def _settled(message: RenderedMessage, words: SlackWords) -> list[Block]:
    """Who has it, or has read it."""
    said = []
    if message.taken_by:
        said.append(words.has_it.format(name=message.taken_by))
    if message.confirmed_by:
        said.append(words.confirmed.format(name=message.confirmed_by))
    if not said:
        return []
    return [{"type": "context", "elements": [_markdown(fitting(" · ".join(said), FIELD))]}]


def _buttons(message: RenderedMessage, words: SlackWords, delivery_id: str) -> list[Block]:
    wanted = [answer for answer in message.answers if not _given(message, answer)]
    if not wanted:
        return []
    return [
        {
            "type": "actions",
            "block_id": f"{ACTION}answers",
            "elements": [_button(answer, words, delivery_id) for answer in wanted],
        }
    ]


def _given(message: RenderedMessage, answer: Answer) -> bool:
    """What somebody answered already needs no button any more."""
    if answer in (Answer.TAKE, Answer.DECLINE):
        return message.taken_by is not None
    return answer is Answer.CONFIRM and message.confirmed_by is not None


def _button(answer: Answer, words: SlackWords, delivery_id: str) -> Block:
    made: Block = {
        "type": "button",
        "action_id": f"{ACTION}{answer.value}",
        "text": {"type": "plain_text", "text": words.button(answer)[:BUTTON]},
        "value": delivery_id,
    }
    if answer in (Answer.CONFIRM, Answer.TAKE):
        made["style"] = "primary"
    return made


def brief(chat: ChatMessage) -> Block:
    """One of several in a list: a section of its own."""
    fields = [f"{escaped(field.label)}: {fitting(field.value, 400)}" for field in chat.fields[:5]]
    lines = [f"*{fitting(chat.header, HEADER)}*", *fields]
    if chat.links:
        lines.append(_links(chat.links))
    return {"type": "section", "text": _markdown("\n".join(lines)[:SECTION])}


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
