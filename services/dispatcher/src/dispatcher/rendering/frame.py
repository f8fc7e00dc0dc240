"""A message's parts in one reading: what stands above, in and below the body."""

from __future__ import annotations

from dataclasses import dataclass

from tocsin_contracts.words import Kind

from dispatcher.channels.message import ChatLink
from dispatcher.rendering import templates
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.own_words import OURS, OwnWords
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import shortened
from dispatcher.rendering.state_word import state_word
from dispatcher.rendering.templates import Variables

PREHEADER = 90
TO_TAKE = frozenset({Kind.ESCALATION, Kind.ESCALATION_HANDED_OVER, Kind.ESCALATION_EXHAUSTED})
LINKS = (
    ("approve_label", "approve_link", ""),
    ("change_label", "approve_link", ""),
    ("refuse_label", "approve_link", ""),
    ("review_label", "review_link", ""),
    ("review_pdf_label", "review_link", "?format=pdf"),
    ("good_label", "feedback_link", "?rating=good"),
    ("mixed_label", "feedback_link", "?rating=mixed"),
    ("poor_label", "feedback_link", "?rating=poor"),
    ("destination_label", "destination_link", ""),
    ("status_label", "status_link", ""),
    ("take_label", "take_link", ""),
    ("pass_label", "take_link", ""),
    ("write_label", "console_link", ""),
    ("no_news_label", "console_link", ""),
    ("answer_label", "console_link", ""),
    ("console_label", "console_link", ""),
)
"""Every link a message may have, in order: the block with its label, the reader's link, a query."""
ONLY_OF = {"take_label": TO_TAKE, "pass_label": frozenset({Kind.ESCALATION})}
MAIN = {
    Kind.APPROVAL_REQUEST: "approve_link",
    Kind.ESCALATION: "take_link",
    Kind.ESCALATION_HANDED_OVER: "take_link",
    Kind.REVIEW: "review_link",
    Kind.FEEDBACK_REQUEST: "feedback_link",
    Kind.CONFIRM_DESTINATION: "destination_link",
}
"""By kind the link that its text message carries, where it is not the usual one."""


@dataclass(frozen=True)
class Parts:
    """The same message's parts as the blocks of a template, text or HTML."""

    kind: Kind
    path: str
    frame: str
    variables: Variables
    own: OwnWords = OURS

    def body(self, *, html: bool = False) -> list[str]:
        return self.of_kind("body", html=html)

    def of_kind(self, block: str, *, html: bool = False) -> list[str]:
        return self._from(self.path, block, html=html)

    def of_frame(self, block: str, *, html: bool = False) -> list[str]:
        return self._from(self.frame, block, html=html)

    def line(self, block: str) -> str:
        """A block of the frame that is one line, or nothing."""
        return " ".join(self.of_frame(block))

    def fact(self) -> str:
        return " ".join(self.of_kind("fact"))

    def own_or_frame(self, block: str, *, html: bool = False) -> list[str]:
        """The kind's own, be it empty; else the frame's."""
        path = self.path if templates.has_block(self.path, block) else self.frame
        return self._from(path, block, html=html)

    def _from(self, path: str, block: str, *, html: bool) -> list[str]:
        """The client's own words for a block, else ours."""
        own = self.own.block(block, self.variables, html=html)
        return own if own is not None else self.variables.said(path, block, html=html)

    def links(self) -> tuple[ChatLink, ...]:
        """Each opens a page that asks; nothing happens by opening it. A label that neither the kind
        nor the frame has takes its link with it."""
        reader = self.variables["reader"]
        wanted = (
            (" ".join(self.own_or_frame(label)), reader[place] and f"{reader[place]}{query}")
            for label, place, query in LINKS
            if self.kind in ONLY_OF.get(label, (self.kind,)) and reader[place]
        )
        return tuple(ChatLink(label, url) for label, url in wanted if label)

    def main_link(self) -> str | None:
        """Where a text message leads: its short form, else the link of what is asked."""
        reader = self.variables["reader"]
        place = MAIN.get(self.kind, "console_link" if self.kind.for_staff else "status_link")
        found: str | None = reader["short_link"] or reader[place]
        return found


def preheader(parts: Parts, notice: Notice, reading: Reading) -> str:
    """State word, first fact, next update: at most 90 characters, the fact cut first."""
    word = state_word(notice, reading)
    next_word = parts.line("next_short")
    room = PREHEADER - len(next_word) - (len(word) + 2 if word else 0) - 2
    fact = shortened(parts.fact().rstrip("."), max(room, 20))
    stop = "" if fact.endswith(("…", "?", "!")) else "."
    sentence = f"{word}: {fact}{stop}" if word else f"{fact}{stop}"
    return shortened(f"{sentence} {next_word}".strip(), PREHEADER)
