"""An Adaptive Card as Teams shows it to a reader, and why it would show none.

Sources: adaptivecards.io, schema 1.4; learn.microsoft.com, "Cards reference": a workflow's webhook
posts attachments of an Adaptive Card, of whose actions only OpenUrl works, six at most.
"""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from typing import Any

CONTENT_TYPE = "application/vnd.microsoft.card.adaptive"
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4", "1.5")
MOST_ACTIONS = 6

Node = dict[str, Any]


def problem_with(document: Node) -> str | None:
    """What makes the workflow fail after it has answered 202; ``None`` if it posts."""
    attachments = document.get("attachments")
    if document.get("type") != "message" or not isinstance(attachments, list) or not attachments:
        return "the body is no message with attachments"
    first = attachments[0]
    if not isinstance(first, dict) or first.get("contentType") != CONTENT_TYPE:
        return "the attachment is no Adaptive Card"
    return _problem_with_card(first.get("content"))


def _problem_with_card(card: Any) -> str | None:
    if not isinstance(card, dict) or card.get("type") != "AdaptiveCard":
        return "the type must be AdaptiveCard"
    if card.get("version") not in VERSIONS:
        return f"Teams knows no version {card.get('version')}"
    if not card.get("body"):
        return "the card has no body"
    actions = card.get("actions") or []
    if len(actions) > MOST_ACTIONS:
        return "a card shows six actions at most"
    if any(action.get("type") != "Action.OpenUrl" for action in actions):
        return "of a webhook's card only Action.OpenUrl works"
    return None


def text_of(card: Node) -> str:
    """One line a block, as a screen reader would say it."""
    return "\n".join(_said(block) for block in card.get("body") or [])


def html_of(card: Node) -> str:
    blocks = "".join(f"<p>{''.join(_shown(block))}</p>" for block in card.get("body") or [])
    links = " ".join(
        f'<a href="{escape(str(action.get("url")))}">{escape(str(action.get("title")))}</a>'
        for action in card.get("actions") or []
    )
    return f"{blocks}<p>{links}</p>"


def _shown(block: Node) -> Iterator[str]:
    for run in _runs(block):
        text = escape(str(run.get("text", ""))).replace("\n", "<br>")
        yield f"<strong>{text}</strong>" if run.get("weight") == "bolder" else text


def _said(block: Node) -> str:
    return "".join(str(run.get("text", "")) for run in _runs(block))


def _runs(block: Node) -> list[Node]:
    inlines = block.get("inlines", [block])
    return [run if isinstance(run, dict) else {"text": run} for run in inlines]
