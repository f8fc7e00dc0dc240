"""A message's parts in one reading: what stands above, in and below the body."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tocsin_contracts.words import Kind

from dispatcher.channels.message import ChatLink
from dispatcher.rendering import templates
from dispatcher.rendering.layout_marks import paragraphs
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import shortened
from dispatcher.rendering.subject import state_word

PREHEADER = 90
TO_TAKE = frozenset({Kind.ESCALATION, Kind.ESCALATION_HANDED_OVER, Kind.ESCALATION_EXHAUSTED})


@dataclass(frozen=True)
class Parts:
    """The same message's parts as the blocks of a template, text or HTML."""

    kind: Kind
    path: str
    frame: str
    variables: dict[str, Any]

    def body(self, *, html: bool = False) -> list[str]:
        return self.of_kind("body", html=html)

    def of_kind(self, block: str, *, html: bool = False) -> list[str]:
        return paragraphs(templates.block(self.path, block, self.variables, html=html))

    def of_frame(self, block: str, *, html: bool = False) -> list[str]:
        return paragraphs(templates.block(self.frame, block, self.variables, html=html))

    def line(self, block: str) -> str:
        """A block of the frame that is one line, or nothing."""
        return " ".join(self.of_frame(block))

    def fact(self) -> str:
        return " ".join(self.of_kind("fact"))

    def links(self) -> tuple[ChatLink, ...]:
        """Each opens a page that asks; nothing happens by opening it."""
        reader = self.variables["reader"]
        wanted = [
            ("status_label", reader["status_link"]),
            ("take_label", reader["take_link"] if self.kind in TO_TAKE else None),
            ("pass_label", reader["take_link"] if self.kind is Kind.ESCALATION else None),
            ("console_label", reader["console_link"]),
        ]
        made = ((self.line(label), url) for label, url in wanted if url)
        return tuple(ChatLink(label, url) for label, url in made if label)


def preheader(parts: Parts, notice: Notice, reading: Reading) -> str:
    """State word, first fact, next update: at most 90 characters, the fact cut first."""
    word = state_word(notice, reading)
    next_word = parts.line("next_short")
    room = PREHEADER - len(next_word) - (len(word) + 2 if word else 0) - 2
    fact = shortened(parts.fact().rstrip("."), max(room, 20))
    stop = "" if fact.endswith(("…", "?", "!")) else "."
    sentence = f"{word}: {fact}{stop}" if word else f"{fact}{stop}"
    return shortened(f"{sentence} {next_word}".strip(), PREHEADER)
