"""What a person wrote, as blocks that every renderer writes in its own way.

Markdown is read into text and nothing else: no renderer ever gets markup from it, so that neither
HTML nor the typesetter's language can be brought in. Links are kept for ``http`` and ``mailto``.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it import MarkdownIt
from markdown_it.token import Token

LONGEST = 50_000
_SAFE = ("https://", "http://", "mailto:")
_parser = MarkdownIt("commonmark", {"html": False}).disable(["image", "html_inline", "html_block"])


@dataclass(frozen=True)
class Span:
    text: str
    bold: bool = False
    italic: bool = False
    code: bool = False
    href: str | None = None


@dataclass(frozen=True)
class Block:
    """A paragraph; one of a list has a ``marker`` and stands ``level`` deep, from 1."""

    spans: tuple[Span, ...]
    marker: str | None = None
    level: int = 0
    code: bool = False


def blocks(text: str | None) -> tuple[Block, ...]:
    """Empty for no text."""
    if not text:
        return ()
    return tuple(_blocks(_parser.parse(text[:LONGEST])))


@dataclass
class _List:
    number: int | None
    marker: str = ""


def _blocks(tokens: Sequence[Token]) -> Iterator[Block]:
    lists: list[_List] = []
    waiting: str | None = None
    for token in tokens:
        if token.type in ("bullet_list_open", "ordered_list_open"):
            lists.append(_List(_first(token)))
        elif token.type in ("bullet_list_close", "ordered_list_close"):
            lists.pop()
        elif token.type == "list_item_open":
            waiting = _marker(lists[-1])
        elif token.type == "inline":
            yield Block(tuple(_spans(token.children or ())), waiting, len(lists))
            waiting = None
        elif token.type in ("fence", "code_block"):
            yield Block((Span(token.content.rstrip("\n"), code=True),), waiting, len(lists), True)
            waiting = None


def _first(token: Token) -> int | None:
    """An ordered list begins with a number of its own; others have none."""
    return int(token.attrGet("start") or 1) if token.type.startswith("ordered") else None


def _marker(inside: _List) -> str:
    if inside.number is None:
        return "•"
    inside.number += 1
    return f"{inside.number - 1}."


def _spans(tokens: Sequence[Token]) -> Iterator[Span]:
    style = Span("")
    for token in tokens:
        style = _styled(style, token)
        if token.type in ("text", "code_inline"):
            yield replace(style, text=token.content, code=token.type == "code_inline")
        elif token.type in ("softbreak", "hardbreak"):
            yield replace(style, text="\n")


def _styled(style: Span, token: Token) -> Span:
    match token.type:
        case "strong_open" | "strong_close":
            return replace(style, bold=token.type == "strong_open")
        case "em_open" | "em_close":
            return replace(style, italic=token.type == "em_open")
        case "link_open":
            href = str(token.attrGet("href") or "")
            return replace(style, href=href if href.startswith(_SAFE) else None)
        case "link_close":
            return replace(style, href=None)
    return style
