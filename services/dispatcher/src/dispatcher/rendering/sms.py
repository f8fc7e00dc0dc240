"""What of a text message fits: what is left out first, what is never, and never half a word.

A paragraph that begins ``?1 `` may be left out, ``?2 `` before it, and so on; then names are
shortened; the link stands last with no full stop after it, so that phones take all of it as one.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from dispatcher.rendering.gsm7 import fits, transliterated
from dispatcher.rendering.marks import Stamp

_OPTIONAL = re.compile(r"\?(\d)\s+")
LONGEST_LINK = 60
"""Beyond this a link leaves no room for what it is about; the number stands in."""


@dataclass(frozen=True)
class Piece:
    """A part of the text; ``rank`` 0 is never left out, the highest is left out first."""

    text: str
    rank: int = 0


@dataclass(frozen=True)
class Sms:
    """One way to say it. ``link`` and ``number`` are how to hear more, the second in place of a
    link that is too long; ``link_if_cut``: only where not everything fits."""

    pieces: tuple[Piece, ...]
    link: str | None = None
    number: str | None = None
    segments: int = 1
    link_if_cut: bool = False

    def stamped(self, stamp: Stamp) -> Sms:
        return replace(
            self,
            pieces=tuple(replace(p, text=_stamped(p.text, stamp)) for p in self.pieces),
            link=_bare(stamp.on_text(self.link)) if self.link else None,
        )

    def texts(self) -> Iterator[str]:
        """From everything to what is never left out."""
        ending = "" if self.link_if_cut else self.ending
        for most in sorted({piece.rank for piece in self.pieces}, reverse=True):
            kept = [piece.text for piece in self.pieces if piece.rank <= most]
            yield _joined([*kept, ending])

    @property
    def ending(self) -> str:
        if self.link and (len(self.link) <= LONGEST_LINK or not self.number):
            return self.link
        return self.number or ""

    def cut(self) -> str:
        """Of what is never left out the longest part ends earlier, at a word."""
        parts = [piece.text for piece in self.pieces if not piece.rank]
        while True:
            text = _joined([*parts, self.ending])
            longest = max(range(len(parts)), key=lambda n: len(parts[n]), default=0)
            if fits(text, self.segments) or not parts or " " not in parts[longest]:
                return text
            parts[longest] = f"{parts[longest].rpartition(' ')[0].rstrip(' ,;:.')}..."


def fitted(ways: Iterable[Sms], stamp: Stamp) -> str:
    """The fullest text that fits, of ``ways`` from the longest names to the shortest."""
    shortest = Sms(())
    for way in ways:
        shortest = way.stamped(stamp)
        for text in shortest.texts():
            if fits(text, shortest.segments):
                return text
    return shortest.cut()


def pieces(paragraphs: Iterable[str]) -> Iterator[Piece]:
    for paragraph in paragraphs:
        optional = _OPTIONAL.match(paragraph)
        rank = int(optional[1]) if optional else 0
        text = paragraph[optional.end() :] if optional else paragraph
        if said := _joined([transliterated(text)]):
            yield Piece(said, rank)


def _stamped(text: str, stamp: Stamp) -> str:
    stamped = stamp.on_text(text)
    return text if stamped == text else transliterated(stamped)


def _bare(link: str) -> str:
    return link.removeprefix("https://")


def _joined(parts: Iterable[str]) -> str:
    return " ".join(" ".join(parts).split())
