"""A text shown exactly as it is: somebody else is to read or approve it, so nothing is rendered."""

from __future__ import annotations

from dataclasses import dataclass

from markupsafe import Markup, escape

from dispatcher.rendering.layout_marks import protected
from dispatcher.rendering.rich import one_line


@dataclass(frozen=True)
class Verbatim:
    """Prints as lines that begin with ``> ``, and as a quotation where HTML is asked for."""

    source: str

    def __str__(self) -> str:
        lines = "\n".join(f"> {line}".rstrip() for line in self._lines())
        return protected(f"\n{lines}\n")

    def __html__(self) -> str:
        lines = (escape(line) for line in self._lines())
        return Markup("<blockquote>{}</blockquote>").format(Markup("<br>").join(lines))

    def _lines(self) -> list[str]:
        return [one_line(line) or "" for line in self.source.strip().splitlines()]


def verbatim(source: str | None) -> Verbatim | None:
    return Verbatim(source) if source and source.strip() else None
