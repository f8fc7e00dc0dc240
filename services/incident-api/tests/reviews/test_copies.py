"""The review of one outage as ACME reads it, as Birch reads it, and as we do."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from incident_api.documents.html import as_html
from incident_api.documents.page import Page
from incident_api.reviews.building import client_review, internal_review
from incident_api.reviews.facts import Told
from incident_api.reviews.presenting import present
from incident_api.timeline.lines import Line
from tocsin_contracts.directory import Contact
from tocsin_contracts.words import Kind, Status

Example = Any


def section(page: Page, heading: str) -> Any:
    return next(one for one in page.sections if one.heading == heading)


def moments(page: Page) -> list[tuple[str, str]]:
    timeline = next(one for one in page.sections if one.days)
    return [(m.clock, m.title) for day in timeline.days for m in day.moments]


def text(cells: Any) -> list[str]:
    return ["".join(s.text for b in cell.blocks for s in b.spans) for cell in cells]


def test_the_timeline_is_what_this_client_was_told_in_its_own_time(example: Example) -> None:
    acme = moments(present(client_review(example.facts, example.acme)))
    assert acme[:3] == [
        ("09:52", "The disruption begins"),
        ("09:59", "We told you of the disruption"),
        ("10:28", "Update"),
    ]
    assert ("12:00", "A way to work meanwhile") in acme
    birch = moments(present(client_review(example.facts, example.birch)))
    assert birch[0] == ("03:52", "The disruption begins")
    assert "A way to work meanwhile" not in [title for _, title in birch]
    assert ("06:10", "Update") in birch


def test_a_meeting_that_moved_is_no_second_closing_note(example: Example) -> None:
    moved_at = example.facts.now
    word, actor = "follow_up_changed", "key:noc"
    line = Line("line-x", "incident-1", 21, moved_at, word, actor, "Moved.", "event-x", {})
    told = Told("event-x", Kind.CLOSURE, "acme", "email", "delivered", 1, moved_at)
    facts = replace(
        example.facts, lines=(*example.facts.lines, line), told=(*example.facts.told, told)
    )

    titles = [title for _, title in moments(present(client_review(facts, example.acme)))]

    assert titles.count("Closing note: cause, steps and what changes") == 1
    assert titles[-1] == "News of the review call"


def test_the_title_names_the_system_as_the_client_calls_it(example: Example) -> None:
    titles = [
        present(client_review(example.facts, client)).title
        for client in (example.acme, example.birch)
    ]
    assert titles == [
        "Mail EU, 24 November 2026: what happened",
        "Archive, 24 November 2026: what happened",
    ]
    assert present(internal_review(example.facts)).title.startswith("Storage EU, 24 November")


def test_durations_and_promises_are_read_first(example: Example) -> None:
    figures = present(client_review(example.facts, example.acme)).figures
    assert [(one.label, one.value.replace("\u00a0", " ")) for one in figures] == [
        ("Duration", "5 h 42 min"),
        ("First word", "after 6 min"),
        ("Updates on time", "2 of 4"),
        ("Items done", "1 of 3"),
    ]


def test_every_promise_is_listed_with_what_became_of_it(example: Example) -> None:
    page = present(client_review(example.facts, example.acme))
    rows = [text(row) for row in section(page, "What we promised and what we kept").table.rows]
    assert rows[0] == ["First word", "24 Nov, 10:04", "24 Nov, 10:00", "kept"]
    assert rows[3][-1].replace("\u00a0", " ") == "10 min late"
    assert rows[-1][0] == "Closing note"
    assert len(rows) == 6


def test_what_changes_has_its_owner_and_its_day(example: Example) -> None:
    page = present(client_review(example.facts, example.acme))
    rows = [text(row) for row in section(page, "What changes").table.rows]
    assert rows[1] == ["Take-over tested every month", "Eva Lang", "1 December 2026", "open"]
    assert rows[0] == ["Software on every backup controller brought level", "", "", "done"]


def test_the_chart_shows_each_phase_and_when_the_reader_was_told(example: Example) -> None:
    chart = section(
        present(client_review(example.facts, example.acme)), "The outage over time"
    ).chart
    assert [bar.status for bar in chart.bars] == ["investigating", "identified", "monitoring"]
    assert chart.bars[0].x == 0
    ends = [round(bar.x + bar.width, 4) for bar in chart.bars]
    assert ends == sorted(ends)
    assert ends[-1] < 1
    assert [mark.number for mark in chart.marks] == [1, 2, 3, 4, 5, 6, 7, 8]  # 9 came a day later
    assert [tick.label for tick in chart.ticks] == [f"{hour}:00" for hour in range(10, 16)]
    assert chart.text.startswith("From 24 November 2026, 09:52 to 24 November 2026, 15:34")


def test_the_internal_copy_has_notes_failures_reasons_and_feedback(example: Example) -> None:
    html = as_html(present(internal_review(example.facts)))
    for words in (
        "Internal review. Not for clients.",
        "Vendor case opened",
        "no such number",
        "no update was written in time",
        "The archive came last.",
        "Robin Oak",
        "Controller firmware 4.1",
        "ACME GmbH: email",
    ):
        assert words in html, words


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("de-CH", ["was geschehen ist", "Ablauf", "Dienstag, 24. November 2026", "Eva Lang"]),
        (
            "fr",
            ["ce qui s&#39;est passé", "Déroulement", "mardi 24 novembre 2026", "9\u00a0h\u00a052"],
        ),
        ("es-MX", ["qué ocurrió", "Cronología", "martes 24 de noviembre de 2026"]),
        ("pt", ["what happened", "Timeline"]),
    ],
)
def test_a_reader_gets_it_in_their_own_language(
    example: Example, locale: str, words: list[str]
) -> None:
    reader = Contact(key="jo", name="Jo Frei", roles=(), locale=locale)
    html = as_html(present(client_review(example.facts, example.acme, reader)))
    for word in words:
        assert word in html, word


def test_a_reader_elsewhere_gets_their_own_clock(example: Example) -> None:
    reader = Contact(key="jo", name="Jo Frei", roles=(), timezone="Asia/Kolkata")
    page = present(client_review(example.facts, example.acme, reader))
    assert moments(page)[0][0] == "14:22"
    assert "Times are Asia/Kolkata (IST, UTC+5:30)." in page.foot


def test_where_the_clocks_change_within_the_outage_each_time_says_its_zone(
    example: Example,
) -> None:
    incident = example.facts.incident.having(
        started_at=datetime(2026, 10, 25, 0, 30, tzinfo=UTC),
        resolved_at=datetime(2026, 10, 25, 1, 30, tzinfo=UTC),
    )
    facts = replace(example.facts, incident=incident, lines=(), updates=(), told=())
    clocks = [clock for clock, _ in moments(present(client_review(facts, example.acme)))]
    assert clocks == ["02:30 CEST", "02:30 CET"]
    figures = present(client_review(facts, example.acme)).figures
    assert figures[0].value == "1\u00a0h"


def test_an_outage_that_is_not_over_is_told_so_far(example: Example) -> None:
    incident = example.facts.incident.having(
        status=Status.IDENTIFIED, resolved_at=None, closed_at=None, root_cause=None
    )
    now = example.facts.incident.started_at + timedelta(hours=2)
    facts = replace(example.facts, incident=incident, closure=None, now=now)
    page = present(client_review(facts, example.acme))
    assert (page.figures[0].value, page.figures[0].note) == ("2\u00a0h", "so far")
    assert "Cause" not in [one.heading for one in page.sections]


def test_an_exercise_says_so_above_all_else(example: Example) -> None:
    facts = replace(example.facts, incident=example.facts.incident.having(drill=True))
    assert present(client_review(facts, example.acme)).banner == "EXERCISE"


def test_nothing_is_missing_where_nothing_is_known(example: Example) -> None:
    """No empty heading, no None, whatever was left out."""
    facts = replace(
        example.facts,
        incident=example.facts.incident.having(impact=None, impact_level=None, root_cause=None),
        lines=(),
        updates=(),
        told=(),
        promised=(),
        closure=None,
        missed=(),
        feedback=(),
    )
    for review in (client_review(facts, example.acme), internal_review(facts)):
        page = present(review)
        html = as_html(page)
        for bad in ("None", "null", "<dd></dd>", "<h2></h2>", "()", "  ,"):
            assert bad not in html, bad
        for one in page.sections:
            assert one.blocks or one.rows or one.chart or one.days or one.table, one.heading
