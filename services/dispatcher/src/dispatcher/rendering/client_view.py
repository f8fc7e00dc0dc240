"""What a resolved, reopened or closed incident adds to a client's variables."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from typing import Any

from tocsin_contracts.incident import PreventionItem

from dispatcher.rendering.incident_view import incident_view
from dispatcher.rendering.notice import ClosureFacts, Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich, one_line, rich
from dispatcher.rendering.times import Times

WORKING_DAY = timedelta(hours=4)
_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def client_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    return {
        **incident_view(notice, reading),
        **_outage(notice, reading),
        **_closure(notice.closure, reading),
        "closure_due": reading.at(notice.closure_due),
        "has_closure": notice.has_closure or notice.closure_due is not None,
    }


def _outage(notice: Notice, reading: Reading) -> dict[str, Any]:
    """How long it was out; ``again`` and what follows are of a reopened one."""
    incident, reopened = notice.outage, notice.reopened
    end = incident.resolved_at or notice.at
    that_day = replace(reading.times, now=incident.started_at)
    return {
        "resolved": reading.at(end),
        "span": reading.times.span(incident.started_at, end),
        "span_that_day": that_day.span(incident.started_at, end),
        "duration": reading.duration(incident.started_at, end),
        "date": reading.times.date(incident.started_at),
        "weekday": reading.times.weekday(incident.started_at),
        "cost_a_working_day": _cost_a_working_day(incident.started_at, end, reading),
        "again": reading.at(reopened.reopened_at if reopened else None),
        "told_resolved": not notice.resolved_never_sent,
        "was_resolved": reading.at(reopened.was_resolved_at if reopened else None),
    }


def _cost_a_working_day(start: datetime, end: datetime, reading: Reading) -> bool:
    """The apology names what is true: hours of a weekday, begun before the afternoon."""
    local = start.astimezone(reading.times.zone)
    return local.weekday() < 5 and 5 <= local.hour < 14 and end - start >= WORKING_DAY


def _closure(closure: ClosureFacts | None, reading: Reading) -> dict[str, Any]:
    if closure is None:
        return {"cause": None, "steps": None, "prevention": None, "extra": None, "meeting": None}
    return {
        "cause": rich(closure.root_cause),
        "steps": rich(closure.steps_taken),
        "prevention": _prevention(closure.prevention, reading.times),
        "extra": rich(closure.extra),
        "meeting": _meeting(closure, reading),
    }


def _prevention(prevention: str | tuple[PreventionItem, ...], times: Times) -> Rich | None:
    if isinstance(prevention, str):
        return rich(prevention)
    lines = [_item(item, times) for item in prevention]
    if len(lines) == 1:
        return rich(lines[0])
    return rich("\n".join(f"{number}. {line}" for number, line in enumerate(lines, start=1)))


def _item(item: PreventionItem, times: Times) -> str:
    """``Take-over tested every month: first on 1 December, Eva Lang.``, with what is known."""
    when_and_who = ", ".join(filter(None, (_due(item, times), one_line(item.who))))
    what = (one_line(item.what) or "").rstrip(".")
    return f"{what}: {when_and_who}." if when_and_who else f"{what}."


def _due(item: PreventionItem, times: Times) -> str | None:
    """As it was written, but ``1 December`` for 2026-12-01: that is a form for machines."""
    due = one_line(item.due)
    return _ISO_DATE.sub(lambda found: _in_words(found[0], times), due) if due else None


def _in_words(written: str, times: Times) -> str:
    try:
        noon = datetime.combine(date.fromisoformat(written), time(12), times.zone)
    except ValueError:
        return written
    return times.date(noon)


def _meeting(closure: ClosureFacts, reading: Reading) -> dict[str, Any] | None:
    follow_up = closure.follow_up
    if follow_up is None:
        return None
    starts = follow_up.starts_at
    end = starts + timedelta(minutes=follow_up.duration_minutes)
    return {
        "span": reading.times.span(starts, end),
        "starts": reading.at(starts),
        "location": one_line(follow_up.location),
    }
