"""Markdown that people wrote, as safe HTML and as plain text from the same source."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

import nh3
from markdown_it import MarkdownIt
from markdown_it.token import Token
from markupsafe import Markup

from dispatcher.rendering.layout_marks import protected
from dispatcher.rendering.mrkdwn import mrkdwn
from dispatcher.rendering.plain import plain

LONGEST_SOURCE = 20_000
"""What incident-api takes of a text; reading grows faster than its length."""
TAGS = {"p", "br", "strong", "em", "ul", "ol", "li", "a", "code", "pre", "blockquote", "s", "hr"}
_PARSER = MarkdownIt("commonmark", {"html": False, "breaks": True}).enable("strikethrough")
# An indented line is a habit and not code; a title inside a message breaks its shape.
_PARSER.disable(["code", "heading", "lheading", "image", "html_block", "html_inline", "reference"])
_CLEANER = nh3.Cleaner(
    tags=TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel="noopener noreferrer",
)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\u2028\u2029\ue000-\uf8ff]")
_END = re.compile(r"[.!?…:;][\"'”’»)]*$")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>|<ul>|<ol|<pre>|<blockquote>).)*)</p>", re.DOTALL)


@dataclass(frozen=True)
class Rich:
    """Prints as plain text, and as HTML where HTML is asked for."""

    source: str

    @cached_property
    def _tokens(self) -> list[Token]:
        return _PARSER.parse(self.source)

    @cached_property
    def html(self) -> str:
        cleaned = cleaned_html(_PARSER.renderer.render(self._tokens, _PARSER.options, {}))
        inline = _ONE_PARAGRAPH.fullmatch(cleaned)
        return inline.group(1) if inline else cleaned

    @cached_property
    def text(self) -> str:
        return plain(self._tokens)

    @cached_property
    def mrkdwn(self) -> str:
        """As Slack marks it up, escaped."""
        return mrkdwn(self._tokens)

    @cached_property
    def line(self) -> str:
        """As one line, for a field of a chat message."""
        return " ".join(self.text.split())

    @property
    def is_block(self) -> bool:
        """More than one paragraph, or a list: it stands on lines of its own."""
        return self.html.startswith(("<p>", "<ul>", "<ol", "<pre>", "<blockquote>"))

    def __str__(self) -> str:
        return protected(f"\n{self.text}\n\n" if self.is_block else self.text)

    def __html__(self) -> str:
        return Markup(protected(self.html))  # noqa: S704 - cleaned by nh3 above


@lru_cache(maxsize=256)
def rich(source: str | None) -> Rich | None:
    """``None`` for nothing, and for nothing but blanks. The same text is read once, however many
    languages and channels say it; beyond :data:`LONGEST_SOURCE` it is cut before it is read."""
    cleaned = without_controls((source or "")[: 2 * LONGEST_SOURCE]).strip()
    return Rich(shortened(cleaned, LONGEST_SOURCE)) if cleaned else None


def without_controls(text: str) -> str:
    """Lines end in a newline alone; no private letter poses as one of our layout marks."""
    return _CONTROL.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def cleaned_html(html: str) -> str:
    """With nothing in it but words and their shape."""
    return _CLEANER.clean(html).strip()


def ended(text: Rich | None) -> Rich | None:
    """With a full stop, if a sentence may follow on the same line."""
    if text is None or text.is_block or _END.search(text.text):
        return text
    return Rich(f"{text.source}.")


def one_line(value: str | None) -> str | None:
    """A name or phrase as it may stand in a sentence: one line, no control characters."""
    cleaned = " ".join(_CONTROL.sub(" ", value or "").split())
    return cleaned or None


def shortened(text: str, longest: int) -> str:
    """At most ``longest`` characters, cut between words where there is one to cut at."""
    if len(text) <= longest:
        return text
    kept = text[: longest - 1]
    at_word = kept.rpartition(" ")[0]
    return (at_word if len(at_word) > longest // 2 else kept).rstrip(" ,;:.") + "…"


def at_words(name: str, longest: int) -> str:
    """As many of a name's words as fit; a first word that is too long by itself is abbreviated."""
    if len(name) <= longest:
        return name
    words = name.split()
    while words and (len(" ".join(words)) > longest or _links(words[-1])):
        words.pop()
    return " ".join(words).rstrip(" ,;:&-") or f"{name[: longest - 1].rstrip()}."


def _links(word: str) -> bool:
    """What a cut name should not end with: "Mail and calendar for"."""
    return not word.strip(",;:&-") or (len(word) <= 3 and word.islower())
