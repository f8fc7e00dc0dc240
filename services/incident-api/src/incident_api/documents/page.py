"""A document ready to be written, in words: the same for HTML and for the typesetter.

Whatever a person wrote stands in :class:`~incident_api.documents.rich.Block`; all else is text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from incident_api.documents.rich import Block, Span

Tone: TypeAlias = Literal["", "good", "bad", "muted"]
Blocks: TypeAlias = tuple[Block, ...]


@dataclass(frozen=True)
class Figure:
    """One figure that is read first: ``label`` above it, ``note`` below."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True)
class Row:
    label: str
    blocks: Blocks


@dataclass(frozen=True)
class Cell:
    blocks: Blocks
    tone: Tone = ""


@dataclass(frozen=True)
class Table:
    """``widths`` are shares of the line, one a column."""

    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    widths: tuple[int, ...]


@dataclass(frozen=True)
class Moment:
    """One moment of a timeline. ``number`` is that of its mark on the chart, if it has one."""

    clock: str
    title: str
    number: int | None = None
    badge: str = ""
    blocks: Blocks = ()
    rows: tuple[Row, ...] = ()
    notes: tuple[str, ...] = ()
    inside: bool = False


@dataclass(frozen=True)
class Day:
    heading: str
    moments: tuple[Moment, ...]


@dataclass(frozen=True)
class Bar:
    """A phase: ``x`` and ``width`` are shares of the axis, ``status`` picks colour and height."""

    x: float
    width: float
    status: str
    label: str
    length: str


@dataclass(frozen=True)
class Tick:
    x: float
    label: str


@dataclass(frozen=True)
class Mark:
    """``level`` counts the rows above the bar, from 0, so that neighbours do not overlap."""

    x: float
    number: int
    level: int


@dataclass(frozen=True)
class Chart:
    """``text`` says the same for whoever does not see it."""

    text: str
    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    marks: tuple[Mark, ...]

    @property
    def levels(self) -> int:
        return max((mark.level + 1 for mark in self.marks), default=0)


@dataclass(frozen=True)
class Section:
    """What it has is written in this order. ``inside``: no client reads it."""

    heading: str
    blocks: Blocks = ()
    rows: tuple[Row, ...] = ()
    chart: Chart | None = None
    days: tuple[Day, ...] = ()
    table: Table | None = None
    inside: bool = False


@dataclass(frozen=True)
class Page:
    """``banner`` is a warning above all else; ``page_of`` holds ``{page}`` and ``{pages}``."""

    language: str
    provider: str
    title: str
    subtitle: str
    reference: str
    banner: str
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    foot: tuple[str, ...]
    page_of: str
    download: str


def plain(text: str) -> Blocks:
    """Text of ours, or a name, as it is: no Markdown."""
    return (Block((Span(text),)),) if text else ()


def cell(text: str, tone: Tone = "") -> Cell:
    return Cell(plain(text), tone)


def table(
    head: Sequence[str], rows: Sequence[tuple[Cell, ...]], widths: Sequence[int]
) -> Table | None:
    """``None`` without rows."""
    return Table(tuple(head), tuple(rows), tuple(widths)) if rows else None
