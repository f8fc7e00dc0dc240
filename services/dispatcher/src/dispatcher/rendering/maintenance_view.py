"""What a message about planned work says, as the variables of its template."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts.incident import MaintenanceSnapshot
from tocsin_contracts.words import MaintenanceOutcome

from dispatcher.rendering.base_view import base_view
from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import rich
from dispatcher.rendering.state_word import overruns

LATE = timedelta(minutes=5)
SHORT_NOTICE = timedelta(hours=24)


def maintenance_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    facts = notice.maintenance
    if facts is None:
        raise ValueError(f"a notice of kind {notice.kind} needs maintenance")
    return {
        **base_view(notice, reading),
        **_window(facts.window, reading),
        **_moved(notice, facts, reading),
        **_run(facts, reading),
        "why": rich(facts.reason),
        "message": rich(facts.message),
    }


def _window(window: MaintenanceSnapshot, reading: Reading) -> dict[str, Any]:
    """``tomorrow`` and ``today`` are the reader's; ``object_by`` is a day, if it means all of it;
    ``reminders`` are times before the start."""
    starts, times = window.starts_at, reading.times
    days = (times.day_of(starts) - times.day_of(times.now)).days
    return {
        "level": window.impact_level.value if window.impact_level else None,
        "impact": rich(window.impact),
        "purpose": rich(window.purpose),
        "preparation": rich(window.preparation),
        "starts": times.at(starts),
        "ends": times.at(window.ends_at),
        "today": days == 0,
        "tomorrow": days == 1,
        "object_by": _whole_day_or_moment(window.object_by, reading) if window.object_by else None,
        "object_by_short": _whole_day_or_moment(window.object_by, reading, short=True)
        if window.object_by
        else None,
        "reminders": _reminders(window, reading),
        **_spans("", starts, window.ends_at, reading),
    }


def _spans(prefix: str, starts: datetime, ends: datetime, reading: Reading) -> dict[str, Any]:
    """``brief`` and ``sms_brief`` name one day, where less than a day makes clear which."""
    times = reading.times
    span = times.span(starts, ends)
    if ends - starts >= timedelta(days=1):
        brief, sms = span.short, span.sms
    else:
        day = times.day(starts, "short_day")
        join, sms_join = (times.language.word("dates", k) for k in _JOINS)
        brief = join.format(day=day, clock=span.clocks)
        sms = sms_join.format(day=day, clock=span.sms_clocks)
    return {f"{prefix}span": span, f"{prefix}brief": brief, f"{prefix}sms_brief": sms}


_JOINS = ("day_and_clock", "sms_day_and_clock")


def _whole_day_or_moment(moment: datetime, reading: Reading, *, short: bool = False) -> str:
    """A moment at the very end of a day is meant as that day."""
    local = reading.times.local(moment)
    when = reading.times.at(moment)
    if (local.hour, local.minute) == (23, 59):
        return when.short_day if short else when.day
    return when.short if short else when.full


def _reminders(window: MaintenanceSnapshot, reading: Reading) -> str | None:
    ahead = sorted(window.remind_hours_before, reverse=True)
    lengths = (reading.times.duration(timedelta(hours=hours)).spoken for hours in ahead if hours)
    return reading.names(tuple(lengths))


def _moved(notice: Notice, facts: MaintenanceFacts, reading: Reading) -> dict[str, Any]:
    """``free_day``: a day on which nothing happens now; ``only_clock``: the days stay."""
    window, times = facts.window, reading.times
    was, was_ends = facts.starts_before or window.starts_at, facts.ends_before or window.ends_at
    new_days = {times.day_of(window.starts_at), times.day_of(window.ends_at)}
    moved = facts.starts_before is not None
    return {
        "was_starts": times.at(was),
        "was_date": times.day(was, "short_date"),
        "date": times.day(window.starts_at, "short_date"),
        "only_clock": times.day_of(was) == times.day_of(window.starts_at),
        "same_clock": times.clock_of(was) == times.clock_of(window.starts_at)
        and was_ends - was == window.ends_at - window.starts_at,
        "free_day": times.date(was) if moved and times.day_of(was) not in new_days else None,
        "short_notice": moved and window.starts_at - notice.at < SHORT_NOTICE,
        **_spans("was_", was, was_ends, reading),
    }


def _run(facts: MaintenanceFacts, reading: Reading) -> dict[str, Any]:
    """How it goes: ``started_late``, ``overrun`` until ``new_end`` if it is known, or how it
    ended."""
    window = facts.window
    started, ended, before = window.started_at, window.ended_at, facts.ends_before
    late = started is not None and started - window.starts_at >= LATE
    extended = before is not None and window.ends_at > before
    return {
        "started": reading.at(started),
        "started_late": late,
        "ended": reading.at(ended),
        "early": ended is not None and ended < window.ends_at,
        "overrun": overruns(facts),
        "announced_end": reading.at(before or window.ends_at),
        "was_now_end": _was_now(before, window.ends_at, reading) if before and extended else None,
        "new_end": reading.at(window.ends_at) if extended else None,
        "undone": window.outcome is MaintenanceOutcome.UNDONE,
        "partly": window.outcome is MaintenanceOutcome.PARTLY,
    }


def _was_now(was: datetime, now: datetime, reading: Reading) -> str:
    return reading.times.zoned(now, reading.times.was_now(was, now))
