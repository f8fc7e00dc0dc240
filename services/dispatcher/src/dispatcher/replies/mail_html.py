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


_UNSEEN = (("<!--", "-->"), ("<![", ">"), ("<style", "</style>"))
"""Comments, conditions of Outlook and CDATA (the parser raises on broken ones), and styles, which
are longer than what is said."""
_NO_TAG = re.compile(r"<(?![^<>]{0,2000}>)")
"""What begins no tag, or one of many that never end."""
LONGEST = 64 * 1024
"""Characters that are read, without what no reader sees: on hostile ones the standard library's
parser takes a time that grows with their square."""


def text_of_html(html: str) -> str:
    reader = _Reader()
    for begin, end in _UNSEEN:
        html = _without(html, begin, end)
    reader.feed(_NO_TAG.sub("&lt;", html[:LONGEST]))
    reader.close()
    lines = (re.sub(r"[ \t\xa0]+", " ", line).strip() for line in "".join(reader.said).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _without(html: str, begin: str, end: str) -> str:
    """Without what stands between, and the rest of what never ends."""
    lower, kept, at = html.lower(), [], 0
    if len(lower) != len(html):  # Some letters are two in lower case.
        lower = html
    while (start := lower.find(begin, at)) >= 0:
        kept.append(html[at:start])
        found = lower.find(end, start + len(begin))
        at = found + len(end) if found >= 0 else len(html)
    return "".join([*kept, html[at:]])


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
