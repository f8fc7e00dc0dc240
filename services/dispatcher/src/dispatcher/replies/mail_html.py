"""The words of a mail that has only HTML, without what it quotes."""

from __future__ import annotations

import re
from html.parser import HTMLParser

_SILENT = frozenset({"script", "style", "head", "title", "template"})
_BREAKS = frozenset(
    {"br", "p", "div", "tr", "li", "h1", "h2", "h3", "h4", "ul", "ol", "table", "hr"}
)
_QUOTES = re.compile(r"gmail_quote|yahoo_quoted|moz-cite-prefix|divRplyFwdMsg|appendonsend")
"""How Gmail, Yahoo, Thunderbird and Outlook mark what they quote."""
_VOID = frozenset({"br", "hr", "img", "meta", "input", "link", "area", "base", "col", "wbr"})


def text_of_html(html: str) -> str:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


class _Reader(HTMLParser):
    """Keeps text outside of silent elements, and nothing below where the quote begins."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.said: list[str] = []
        self._silent: list[str] = []
        self._quoted = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        marks = " ".join(value or "" for name, value in attrs if name in ("class", "id"))
        if tag == "blockquote" or _QUOTES.search(marks):
            self._quoted = True
        if tag in _BREAKS:
            self.said.append("\n")
        if tag in _SILENT and tag not in _VOID:
            self._silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self._silent and tag == self._silent[-1]:
            self._silent.pop()
        if tag == "p":
            self.said.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._silent and not self._quoted:
            self.said.append(data)
