"""Where the outage stands, for the reader of a notice: what the notice says, as it is now. Pure.

Until the outage is published a client knows only that we are checking: nothing people wrote of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from incident_api.documents.rich import blocks
from incident_api.links.reading import Reading


@dataclass(frozen=True)
class Row:
    label: str
    text: str


def rows_of(reading: Reading) -> tuple[Row, ...]:
    """What has no value has no row."""
    return tuple(Row(label, text) for label, text in _rows(reading) if text)


def _rows(reading: Reading) -> Iterator[tuple[str, str]]:
    language, incident = reading.language, reading.incident
    if len(reading.systems) > 3:
        yield language.word("labels", "systems"), ", ".join(reading.systems)
    if incident.published:
        yield language.word("confirm", "effect"), _effect(reading)
    yield _when(reading)
    if incident.status.is_open:
        if incident.published:
            yield language.word("labels", "expected"), _by(reading, incident.eta)
            yield language.word("labels", "workaround"), as_text(incident.workaround)
        yield language.word("confirm", "next"), _by(reading, reading.told.next_update_due)
    yield language.word("confirm", "last"), _last(reading)


def _effect(reading: Reading) -> str:
    """What a person wrote of it, else the level in words; an outage that is over has none."""
    level = reading.incident.impact_level
    if not reading.incident.status.is_open:
        return ""
    if reading.incident.impact or level is None or not reading.systems:
        return as_text(reading.incident.impact)
    systems = reading.language.joined(reading.systems)
    return reading.language.word("impact_now", level, systems=systems)


def _when(reading: Reading) -> tuple[str, str]:
    began, over = reading.incident.started_at, reading.incident.resolved_at
    if over is None or reading.incident.status.is_open:
        return reading.language.word("labels", "since"), reading.times.date_and_clock(began)
    return reading.language.word("labels", "from_to"), reading.times.span(began, over)


def _by(reading: Reading, moment: datetime | None) -> str:
    if moment is None:
        return ""
    clock = reading.times.clock_beside(moment, reading.now)
    return reading.language.word("sentences", "expected_by", moment=clock)


def _last(reading: Reading) -> str:
    last = reading.last
    if last is None:
        return ""
    at = reading.times.clock_beside(last.at, reading.now)
    what = reading.language.named("entries", last.kind)
    return "\n".join(filter(None, (f"{at}, {what}", as_text(last.text))))


def as_text(written: str | None) -> str:
    """Markdown as plain lines, which the page escapes."""
    return "\n".join(
        f"{f'{block.marker} ' if block.marker else ''}{''.join(one.text for one in block.spans)}"
        for block in blocks(written)
    )
