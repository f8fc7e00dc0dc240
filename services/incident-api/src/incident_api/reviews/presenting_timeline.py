"""The timeline of a review, day by day."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from incident_api.documents.language import Language
from incident_api.documents.page import Day, Moment, Row, plain
from incident_api.documents.rich import blocks
from incident_api.documents.times import Times
from incident_api.reviews.model import Entry, Review, Sent

MOST_NAMED = 12
"""Clients told by one message; more are counted, so that the timeline stays a timeline."""


def days(review: Review, language: Language, times: Times) -> tuple[Day, ...]:
    return tuple(
        Day(heading, tuple(_moment(entry, language, times) for entry in entries))
        for heading, entries in groupby(review.timeline, key=lambda entry: times.day(entry.at))
    )


def _moment(entry: Entry, language: Language, times: Times) -> Moment:
    return Moment(
        clock=times.clock(entry.at),
        title=language.named("entries", entry.what),
        number=entry.number,
        badge="" if entry.status is None else language.word("statuses", entry.status),
        blocks=blocks(entry.text),
        rows=tuple(_rows(entry, language, times)),
        notes=tuple(_notes(entry, language, times)),
        inside=entry.internal,
    )


def _rows(entry: Entry, language: Language, times: Times) -> Iterator[Row]:
    texts = {
        "wrong": entry.wrong,
        "progress": entry.progress,
        "workaround": entry.workaround,
        "checks": entry.checks,
    }
    for key, text in texts.items():
        if text:
            yield Row(language.word("labels", key), blocks(text))
    if entry.eta is not None:
        by = language.word(
            "sentences", "expected_by", moment=times.clock_beside(entry.eta, entry.at)
        )
        yield Row(language.word("labels", "expected"), plain(by))


def _notes(entry: Entry, language: Language, times: Times) -> Iterator[str]:
    if entry.actor:
        yield entry.actor
    if len(entry.sent) > MOST_NAMED:
        yield _counted(entry, language)
        return
    for sent in entry.sent:
        yield _told(sent, entry, language, times)


def _counted(entry: Entry, language: Language) -> str:
    names = sorted({channel for sent in entry.sent for channel in sent.channels})
    channels = ", ".join(language.named("channels", name) for name in names)
    count = len({sent.client for sent in entry.sent})
    return f"{language.word('sentences', 'clients', count=count)}: {channels}"


def _told(sent: Sent, entry: Entry, language: Language, times: Times) -> str:
    """``told 09:58 by email, SMS``; without the time where that is the entry's own."""
    at = times.clock_beside(sent.at, entry.at)
    later = at != times.clock(entry.at)
    channels = ", ".join(language.named("channels", channel) for channel in sent.channels)
    if sent.client is not None:
        return f"{sent.client}{f' {at}' if later else ''}: {channels}"
    return language.word("sentences", "told_at" if later else "told_by", at=at, channels=channels)
