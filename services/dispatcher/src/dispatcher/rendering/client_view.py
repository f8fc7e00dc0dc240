"""What a resolved, reopened, corrected or closed incident adds to a client's variables."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts.words import Kind, Status

from dispatcher.rendering.closure_view import closure_view
from dispatcher.rendering.incident_view import incident_view
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import rich

WORKING_DAY = timedelta(hours=4)


def client_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    return {
        **incident_view(notice, reading),
        **_outage(notice, reading),
        **closure_view(notice, reading),
        **_correction(notice, reading),
        **_unchecked(notice),
        "last_told": reading.at(notice.last_told_at),
        "closure_due": reading.at(notice.closure_due),
        "has_closure": notice.has_closure or notice.closure_due is not None,
    }


def _unchecked(notice: Notice) -> dict[str, Any]:
    """A holding notice says nothing that people wrote, even where it is known."""
    return {"message": None} if notice.kind is Kind.HOLDING_NOTICE else {}


def _outage(notice: Notice, reading: Reading) -> dict[str, Any]:
    """How long it was out; ``again`` and what follows are of a reopened one."""
    incident, reopened, times = notice.outage, notice.reopened, reading.times
    end = incident.resolved_at or notice.at
    that_day = replace(times, now=incident.started_at)
    return {
        "resolved": reading.at(end),
        "span": times.span(incident.started_at, end),
        "span_that_day": that_day.span(incident.started_at, end),
        "duration": reading.duration(incident.started_at, end),
        "date": times.date(incident.started_at),
        "weekday": times.weekday(incident.started_at),
        "short_date": times.day(incident.started_at, "short_date"),
        "spoken_date": times.at(incident.started_at).spoken_day,
        "cost_a_working_day": _cost_a_working_day(incident.started_at, end, reading),
        "all_well": notice.only_holding or _is_cancelled(notice),
        "again": reading.at(reopened.reopened_at if reopened else None),
        "told_resolved": not notice.resolved_never_sent,
        "was_resolved": reading.at(reopened.was_resolved_at if reopened else None),
    }


def _is_cancelled(notice: Notice) -> bool:
    return notice.cancel_reason is not None or notice.outage.status is Status.CANCELLED


def _cost_a_working_day(start: datetime, end: datetime, reading: Reading) -> bool:
    """The apology names what is true: hours of a weekday, begun before the afternoon."""
    local = start.astimezone(reading.times.zone)
    return local.weekday() < 5 and 5 <= local.hour < 14 and end - start >= WORKING_DAY


def _correction(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``mistaken``: the message was not for this reader, who is told no more of it than that."""
    facts = notice.correction
    if facts is None:
        return {"mistaken": False, "wrong": None, "right": None, "action": None, "told_at": None}
    mistaken = facts.right is None
    told: dict[str, Any] = {
        "mistaken": mistaken,
        "wrong": rich(facts.wrong),
        "right": rich(facts.right),
        "action": rich(facts.action),
        "told_at": reading.at(facts.told_at),
    }
    no_detail = {"next_update": None, "of_client": False, "severity": None, "late_promise": None}
    return {**told, **no_detail} if mistaken else told
