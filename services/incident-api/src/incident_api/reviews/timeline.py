"""The timeline of a review, oldest first. What a client's copy may hold was filtered before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import groupby
from typing import Any

from tocsin_contracts.words import Kind, Status

from incident_api.incidents.closure import MEETING
from incident_api.incidents.updates import Update
from incident_api.reviews.facts import Facts, Told
from incident_api.reviews.filtering import GOT_THERE
from incident_api.reviews.model import Entry, Sent
from incident_api.timeline.lines import Line

BEGAN, OVER, NOTE = "began", "over", "internal_note"


def client_entries(facts: Facts) -> tuple[Entry, ...]:
    """One entry for each message, when it got there, and when it began and was over.

    What was written down later than it happened stands where it happened.
    """
    lines = {line.event_id: line for line in facts.lines}
    updates = {update.event_id: update for update in facts.updates}
    told = [
        _told_entry(sents, lines.get(cause), updates.get(cause))
        for cause, sents in _by_cause(facts.told)
    ]
    return _numbered([*_milestones(facts), *told])


def internal_entries(facts: Facts) -> tuple[Entry, ...]:
    """Every line of the incident's timeline, with whom it told."""
    updates = {update.event_id: update for update in facts.updates}
    sent = {cause: _sents(rows, _names(facts)) for cause, rows in _by_cause(facts.told)}
    lines = [
        _line_entry(line, updates.get(line.event_id), sent.get(line.event_id or "", ()))
        for line in facts.lines
    ]
    return _numbered([*_milestones(facts), *lines])


def _milestones(facts: Facts) -> Iterator[Entry]:
    incident = facts.incident
    yield Entry(incident.started_at, BEGAN)
    if incident.resolved_at is not None and incident.status is not Status.CANCELLED:
        yield Entry(incident.resolved_at, OVER)


def _numbered(entries: Sequence[Entry]) -> tuple[Entry, ...]:
    """Those that told somebody count from 1, in the order of what happened."""
    order = sorted(entries, key=lambda one: (one.at, one.what == OVER))
    found, number = [], 0
    for entry in order:
        if entry.sent:
            number += 1
            entry = replace(entry, number=number)
        found.append(entry)
    return tuple(found)


def _by_cause(told: Iterable[Told]) -> Iterator[tuple[str, list[Told]]]:
    """What got there, by the event it tells of."""
    there = [one for one in told if one.state in GOT_THERE and one.client_key is not None]
    for cause, rows in groupby(sorted(there, key=_cause), key=_cause):
        yield cause, list(rows)


def _cause(told: Told) -> str:
    return told.cause_id


def _sents(rows: Sequence[Told], names: Mapping[str, str] | None = None) -> tuple[Sent, ...]:
    """One a client and kind; ``names`` by client key, where clients are named at all."""

    def key(one: Told) -> tuple[str, str]:
        return one.client_key or "", one.kind

    found = []
    for (client, kind), same in groupby(sorted(rows, key=key), key=key):
        group = list(same)
        channels = tuple(sorted({one.channel for one in group}))
        name = None if names is None else names.get(client, client)
        found.append(Sent(min(one.at for one in group), kind, channels, name))
    return tuple(found)


def _names(facts: Facts) -> dict[str, str]:
    return {key: client.name for key, client in facts.view.clients.items()}


def _told_entry(rows: Sequence[Told], line: Line | None, update: Update | None) -> Entry:
    sents = _sents(rows)
    what = _what(sents[0].kind, line)
    if update is not None:
        entry = _update_entry(update, what, sents)
        backdated = update.occurred_at < update.created_at
        return entry if backdated else replace(entry, at=sents[0].at)
    entry = Entry(sents[0].at, what) if line is None else _of_data(line, what)
    return replace(entry, at=sents[0].at, sent=sents)


def _what(kind: str, line: Line | None) -> str:
    """A change of the meeting is told as a closing note is, and is none."""
    return MEETING if line is not None and line.type == MEETING else kind


def _line_entry(line: Line, update: Update | None, sents: tuple[Sent, ...]) -> Entry:
    if update is not None:
        word = NOTE if update.internal_only else line.type
        entry = _update_entry(update, word, sents)
        struck = f" (struck: {update.strike_reason})" if update.struck else ""
        text = f"{update.message}{struck}"
        return replace(entry, actor=update.actor, internal=not sents, text=text)
    entry = replace(_of_data(line, line.type), text=line.text, sent=sents, actor=line.actor)
    return replace(entry, internal=not sents)


def _update_entry(update: Update, what: str, sents: tuple[Sent, ...]) -> Entry:
    return Entry(
        at=update.occurred_at,
        what=what,
        text=update.message,
        status=update.status,
        progress=update.progress,
        eta=update.eta,
        workaround=update.workaround,
        sent=sents,
    )


def _of_data(line: Line, what: str) -> Entry:
    data = line.data
    words = data.get("message") or data.get("reason") or data.get("right")
    return Entry(
        at=line.at,
        what=what,
        text=words,
        status=Status.INVESTIGATING if what == Kind.REOPENED else None,
        eta=_moment(data.get("eta")),
        workaround=data.get("workaround"),
        checks=data.get("checks"),
        wrong=data.get("wrong"),
    )


def _moment(given: Any) -> datetime | None:
    return datetime.fromisoformat(given) if isinstance(given, str) else None
