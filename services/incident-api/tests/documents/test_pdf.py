"""The typesetter: what people wrote is text to it, and it is stopped when it takes too long."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from incident_api.documents.html import as_html
from incident_api.documents.page import (
    Bar,
    Cell,
    Chart,
    Day,
    Figure,
    Mark,
    Moment,
    Page,
    Row,
    Section,
    Tick,
    table,
)
from incident_api.documents.pdf import NotTypeset, Typesetter
from incident_api.documents.rich import Block, Span, blocks
from incident_api.documents.typesetting import typeset
from pydantic_core import to_json

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)
NASTY = (
    '#panic("evaluated")',
    "#{ panic() }",
    "$ panic $",
    ']#panic("x")[',
    '"); panic("',
    "= Heading @label <label> *bold* _it_ `raw` ```x```",
    "\\u{41} \\ // comment /* comment */ ~ --- ...",
    '#read("/etc/passwd") #import "@preview/x:1.0.0"',
    "{{ 7 * 7 }} {% for x in y %} <script>alert(1)</script>",
    "\u202eright to left\u2066 \x07 \U0001f525 日本語 العربية",
    "x" * 5000,
    "",
)


def everywhere(text: str) -> Page:
    """A page with ``text`` wherever a page has text."""
    spans = (Span(text), Span(text, bold=True, italic=True), Span(text, code=True))
    linked = (Block((Span(text, href="https://x.example/?q=%22%5D"),)),)
    prose = (Block(spans), Block(spans, "1.", 1), Block(spans, "•", 2), Block(spans, code=True))
    cells = (Cell(prose), Cell(linked, "good"), Cell(prose, "muted"))
    moment = Moment(text, text, 1, text, prose, (Row(text, linked),), (text,), True)
    chart = Chart(
        text, (Bar(0, 0.5, "identified", text, text),), (Tick(0.5, text),), (Mark(0.2, 1, 0),)
    )
    section = Section(
        text, prose, (Row(text, prose),), chart, (Day(text, (moment, moment)),),
        table([text] * 3, [cells], (1, 2, 3)), True,
    )  # fmt: skip
    return Page(
        "de", text, text, text, text, text, (Figure(text, text, text),) * 3, (section,), (text,),
        text, text,
    )  # fmt: skip


def as_pdf(page: Page) -> bytes:
    return typeset(to_json(page).decode(), made_at=int(NOON.timestamp()))


@pytest.mark.parametrize("text", NASTY)
def test_nothing_a_person_writes_is_markup_to_the_typesetter(text: str) -> None:
    assert as_pdf(everywhere(text)).startswith(b"%PDF-")


def test_as_markup_the_same_words_would_be_carried_out() -> None:
    """So the test above can fail."""
    with pytest.raises(typst.TypstError, match="evaluated"):
        typst.compile(NASTY[0].encode(), format="pdf")


@settings(max_examples=25, deadline=None)
@given(st.text(alphabet=st.sampled_from("#$[](){}<>\"`\\/*_=-+@~:;'\n .ab1"), max_size=60))
def test_no_mixture_of_signs_is(text: str) -> None:
    assert as_pdf(everywhere(text)).startswith(b"%PDF-")
    assert as_pdf(replace(everywhere("x"), sections=(Section("x", blocks(text)),)))


def test_the_same_document_is_the_same_file() -> None:
    assert as_pdf(everywhere("x")) == as_pdf(everywhere("x"))


@pytest.mark.parametrize("text", NASTY)
def test_nothing_a_person_writes_is_markup_in_html(text: str) -> None:
    html = as_html(everywhere(text))
    assert "<script" not in html
    assert ("7 * 7" in html) == ("7 * 7" in text)


async def test_a_process_of_its_own_makes_it() -> None:
    made = await Typesetter().as_pdf(everywhere("Störung"), made_at=NOON)
    assert made.startswith(b"%PDF-")


async def test_what_takes_too_long_is_ended() -> None:
    slow = (sys.executable, "-c", "import time; time.sleep(600)")
    with pytest.raises(NotTypeset, match="longer than"):
        await Typesetter(longest=0.3, command=slow).as_pdf(everywhere("x"), made_at=NOON)


async def test_what_it_cannot_make_is_no_half_a_document() -> None:
    broken = (sys.executable, "-c", "import sys; print('half'); sys.exit(1)")
    with pytest.raises(NotTypeset, match="refused"):
        await Typesetter(command=broken).as_pdf(everywhere("x"), made_at=NOON)
