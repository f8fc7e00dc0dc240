"""Markdown's tokens as plain text: lists keep their bullets, links show where they lead."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from markdown_it.token import Token

Inline = Callable[[Sequence[Token]], str]
"""The words of one paragraph."""


def plain(tokens: Sequence[Token]) -> str:
    return written(tokens, Writer(inline_text))


def written(tokens: Sequence[Token], writer: Writer) -> str:
    for token in tokens:
        writer.take(token)
    return "\n".join(writer.lines).strip()


class Writer:
    """Lines and lists; ``inline`` writes what is within a paragraph.

    ``counters`` holds the next number of each open list, ``None`` for one with bullets.
    """

    bullet = "- "

    def __init__(self, inline: Inline) -> None:
        self._written = inline
        self.lines: list[str] = []
        self._counters: list[int | None] = []
        self._bullet = ""

    def take(self, token: Token) -> None:
        write = getattr(self, f"_{token.type}", None)
        if write is not None:
            write(token)

    def _bullet_list_open(self, _: Token) -> None:
        self._counters.append(None)

    def _ordered_list_open(self, token: Token) -> None:
        self._counters.append(int(token.attrGet("start") or 1))

    def _bullet_list_close(self, _: Token) -> None:
        self._counters.pop()
        self._gap()

    _ordered_list_close = _bullet_list_close

    def _list_item_open(self, _: Token) -> None:
        number = self._counters[-1]
        indent = "  " * (len(self._counters) - 1)
        self._bullet = f"{indent}{self.bullet}" if number is None else f"{indent}{number}. "
        if number is not None:
            self._counters[-1] = number + 1

    def _inline(self, token: Token) -> None:
        self.lines.append(self._bullet + self._written(token.children or []))
        self._bullet = ""

    def _paragraph_close(self, _: Token) -> None:
        self._gap()

    def _fence(self, token: Token) -> None:
        self.lines.append(token.content.rstrip("\n"))
        self._gap()

    def _hr(self, _: Token) -> None:
        self.lines += ["---", ""]

    def _gap(self) -> None:
        if not self._counters:
            self.lines.append("")


def inline_text(children: Sequence[Token]) -> str:
    written, link_start, href = "", 0, ""
    for child in children:
        match child.type:
            case "text" | "code_inline":
                written += child.content
            case "softbreak" | "hardbreak":
                written += "\n"
            case "link_open":
                link_start, href = len(written), str(child.attrGet("href") or "")
            case "link_close" if href not in ("", written[link_start:]):
                written += f" ({href})"
    return written
