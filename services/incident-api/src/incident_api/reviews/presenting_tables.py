"""The tables of a review: what was promised, what changes."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

from tocsin_contracts.words import PromiseState

from incident_api.documents.language import Language
from incident_api.documents.page import Cell, Table, Tone, cell, table
from incident_api.documents.rich import blocks
from incident_api.documents.times import Times
from incident_api.reviews.model import Change, PromiseLine, Review

_TONES: dict[PromiseState, Tone] = {
    PromiseState.KEPT: "good",
    PromiseState.BREACHED: "bad",
    PromiseState.AT_RISK: "bad",
    PromiseState.PENDING: "muted",
}


MOST_PROMISES = 120
"""Rows; of more only those that were not kept are listed."""


def promises_listed(review: Review) -> tuple[PromiseLine, ...]:
    if len(review.promises) <= MOST_PROMISES:
        return review.promises
    return tuple(one for one in review.promises if one.state is not PromiseState.KEPT)[
        :MOST_PROMISES
    ]


def promises_table(review: Review, language: Language, times: Times) -> Table | None:
    inside = review.inside is not None
    columns = ["client", "promise", "due", "done", "verdict", "reason"]
    shown = columns if inside else columns[1:5]
    days = {times.day(line.due_at) for line in review.promises}
    listed = promises_listed(review)
    rows = [_promise(line, language, times, inside, len(days) > 1) for line in listed]
    head = [language.word("labels", name) for name in shown]
    return table(head, rows, (3, 3, 4, 4, 3, 5) if inside else (3, 4, 4, 3))


def _promise(
    line: PromiseLine, language: Language, times: Times, inside: bool, dated: bool
) -> tuple[Cell, ...]:
    def moment(at: datetime | None) -> str:
        if at is None:
            return "–"
        return times.short_day_and_clock(at) if dated else times.clock_beside(at, line.due_at)

    common = (
        cell(language.word("promises", line.promise)),
        cell(moment(line.due_at)),
        cell(moment(line.done_at)),
        cell(_verdict(line, language, times), _TONES[line.state]),
    )
    return (cell(line.client or ""), *common, cell(line.reason or "")) if inside else common


def _verdict(line: PromiseLine, language: Language, times: Times) -> str:
    if line.late_minutes is not None:
        return language.word("verdicts", "late", late=times.minutes(line.late_minutes))
    key = "by_holding_notice" if line.by_holding_notice else line.state
    return language.word("verdicts", key)


def changes_table(review: Review, language: Language, times: Times) -> Table | None:
    rows = [
        (
            Cell(blocks(change.what)),
            cell(change.who or ""),
            cell(_due(change, times)),
            cell(_state(change, language, times), "good" if change.done else ""),
        )
        for change in review.changes
    ]
    return _without_empty_columns(
        [language.word("labels", name) for name in ("what", "who", "by_when", "state")],
        rows,
        (7, 3, 3, 3),
    )


def _without_empty_columns(
    head: list[str], rows: Iterable[tuple[Cell, ...]], widths: tuple[int, ...]
) -> Table | None:
    rows = list(rows)
    kept = [n for n in range(len(head)) if any(row[n].blocks for row in rows)]
    return table(
        [head[n] for n in kept],
        [tuple(row[n] for n in kept) for row in rows],
        [widths[n] for n in kept],
    )


def _due(change: Change, times: Times) -> str:
    """A date in the reader's words; words such as ``done`` are told by the state."""
    if change.due is None:
        return ""
    try:
        return times.full_date(date.fromisoformat(change.due))
    except ValueError:
        return "" if change.done else change.due


def _state(change: Change, language: Language, times: Times) -> str:
    if change.done_at is not None:
        return language.word("state", "done_on", date=times.full_date(change.done_at))
    return language.word("state", "done" if change.done else "open")
