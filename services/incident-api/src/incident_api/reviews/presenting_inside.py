"""What only the internal copy has: our own words, failures, and what readers said."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from incident_api.documents.language import Language
from incident_api.documents.page import Blocks, Cell, Row, Section, Table, cell, plain, table
from incident_api.documents.rich import blocks
from incident_api.documents.times import Times
from incident_api.reviews.audit import SKIPPED
from incident_api.reviews.model import CallLine, Inside, Review

MOST_CLIENTS = 200
MOST_CALLS = 400
MOST_NAMED = 3


def inside_sections(review: Review, language: Language, times: Times) -> Iterator[Section]:
    inside = review.inside
    if inside is None:
        return
    found = (
        Section(_heading(language, "inside"), rows=tuple(_rows(inside, language, times))),
        Section(
            _heading(language, "clients"),
            _some(len(inside.clients), language, MOST_CLIENTS),
            table=_clients(inside, language),
        ),
        Section(_heading(language, "missed"), table=_missed(inside, language, times)),
        Section(
            _heading(language, "calls"),
            _some(len(inside.calls), language, MOST_CALLS),
            table=_calls(inside, language, times),
        ),
        Section(_heading(language, "feedback"), table=_feedback(inside, language, times)),
    )
    for section in found:
        if section.rows or section.table:
            yield replace(section, inside=True)


def _some(count: int, language: Language, most: int) -> Blocks:
    if count <= most:
        return ()
    return plain(language.word("sentences", "first_of", shown=most, all=count))


def _heading(language: Language, key: str) -> str:
    return language.word("headings", key)


def _labels(language: Language, *names: str) -> list[str]:
    return [language.word("labels", name) for name in names]


def _rows(inside: Inside, language: Language, times: Times) -> Iterator[Row]:
    if inside.description:
        yield Row(language.word("labels", "description"), blocks(inside.description))
    yield Row(language.word("labels", "noticed_at"), plain(times.date_and_clock(inside.noticed_at)))
    if inside.acknowledged_at is not None:
        at = times.date_and_clock(inside.acknowledged_at)
        text = f"{at}, {inside.acknowledged_by}"
        yield Row(language.word("labels", "acknowledged"), plain(text))


def _clients(inside: Inside, language: Language) -> Table | None:
    rows = [
        (
            cell(one.name),
            cell(", ".join(one.systems)),
            cell(one.because),
            cell(str(one.sent)),
            cell(str(one.missed), "bad" if one.missed else ""),
        )
        for one in inside.clients[:MOST_CLIENTS]
    ]
    head = _labels(language, "client", "systems", "because", "sent", "not_sent")
    return table(head, rows, (4, 4, 8, 2, 2))


def _missed(inside: Inside, language: Language, times: Times) -> Table | None:
    rows: list[tuple[Cell, ...]] = [
        (
            cell(times.clock(one.at)),
            cell(one.client or language.word("headings", "inside")),
            cell(one.person),
            cell(f"{language.named('channels', one.channel)}, {one.kind.replace('_', ' ')}"),
            cell(
                f"{language.named('outcomes', one.state)}{': ' if one.reason else ''}"
                f"{one.reason or ''}"
            ),
        )
        for one in inside.missed
    ]
    head = _labels(language, "when", "client", "person", "channel", "reason")
    return table(head, rows, (2, 3, 3, 3, 7))


def _calls(inside: Inside, language: Language, times: Times) -> Table | None:
    """The text says whom, on which channels, and why or why not."""
    rows: list[tuple[Cell, ...]] = [
        (
            cell(times.clock(one.at)),
            cell(language.joined(one.clients, most=MOST_NAMED)),
            cell(_step(one)),
            cell(language.word("calls", one.what), "bad" if one.what == SKIPPED else ""),
            cell(one.text),
        )
        for one in inside.calls[:MOST_CALLS]
    ]
    head = _labels(language, "when", "client", "step", "what", "reason")
    return table(head, rows, (2, 3, 3, 2, 8))


def _step(one: CallLine) -> str:
    """``critical 2``: the policy and the step, as it is counted in it."""
    return " ".join((one.policy or "", ", ".join(str(step) for step in one.steps))).strip()


def _feedback(inside: Inside, language: Language, times: Times) -> Table | None:
    rows = [
        (
            cell(one.client),
            cell(one.person),
            cell(language.word("ratings", one.rating), "bad" if one.rating == "poor" else ""),
            cell(one.text or ""),
            cell(times.date_and_clock(one.at)),
        )
        for one in inside.feedback
    ]
    head = _labels(language, "client", "person", "answer", "what", "when")
    return table(head, rows, (3, 3, 2, 7, 4))
