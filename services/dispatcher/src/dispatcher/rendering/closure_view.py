"""What a closing note, its meeting and the review add to a client's variables."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

from tocsin_contracts.incident import FollowUp, KeptPromises, PreventionItem

from dispatcher.rendering.base_view import sentence_of
from dispatcher.rendering.facts import ClosureFacts, MeetingFacts, ReviewFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import Rich, one_line, rich
from dispatcher.rendering.times import Times

_ISO_DATE = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")


def closure_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    return {
        **_closure(notice.closure, reading),
        **_meeting(notice, reading),
        **_review(notice, reading),
    }


def _closure(closure: ClosureFacts | None, reading: Reading) -> dict[str, Any]:
    if closure is None:
        return {"cause": None, "steps": None, "prevention": None, "extra": None, "promises": None}
    return {
        "cause": rich(closure.root_cause),
        "steps": rich(closure.steps_taken),
        "prevention": _prevention(closure.prevention, reading.times),
        "extra": rich(closure.extra),
        "promises": _promises(closure.promises, reading) if closure.promises else None,
    }


def _prevention(prevention: str | tuple[PreventionItem, ...], times: Times) -> Rich | None:
    return rich(prevention) if isinstance(prevention, str) else _listed(prevention, times)


def _listed(items: tuple[PreventionItem, ...], times: Times) -> Rich | None:
    lines = [_item(item, times) for item in items]
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


def _promises(kept: KeptPromises, reading: Reading) -> dict[str, Any] | None:
    """``within`` and ``after`` are of the first word; ``late`` counts the updates that were."""
    first = kept.first_within_minutes is not None and kept.first_after_minutes is not None
    if not first and not kept.updates_promised:
        return None
    within, after = kept.first_within_minutes or 0, kept.first_after_minutes or 0
    return {
        "within": _minutes(within, reading) if first else None,
        "after": _after(within, after, reading) if first else None,
        "in_time": after <= within,
        "updates": kept.updates_promised,
        "kept": kept.updates_kept,
        "late": max(kept.updates_promised - kept.updates_kept, 0),
        "latest": _minutes(kept.latest_by_minutes, reading) if kept.latest_by_minutes else None,
    }


def _after(within: int, after: int, reading: Reading) -> str:
    """``6``, where ``10 minutes`` has just said what is counted."""
    return str(after) if 0 < after < 60 and within < 60 else _minutes(after, reading)


def _minutes(minutes: int, reading: Reading) -> str:
    return reading.times.duration(timedelta(minutes=minutes)).full


def _meeting(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``meeting_alone``: this message is of the meeting, not of the closing; then either it was
    set, or ``meeting_moved``, or ``meeting_off``."""
    change = notice.meeting
    now = change.now if change else notice.closure.follow_up if notice.closure else None
    was = change.before if change else None
    return {
        "meeting": _times_of(now, reading) if now else None,
        "meeting_alone": change is not None,
        "meeting_moved": bool(change and change.now and change.before),
        "meeting_off": change is not None and change.now is None,
        "meeting_was": reading.at(was.starts_at) if was else None,
        "meeting_why": rich(change.reason) if change else None,
        "meeting_placed": _placed(change),
    }


def _placed(change: MeetingFacts | None) -> bool:
    """Only the place has changed."""
    if change is None or change.now is None or change.before is None:
        return False
    return change.now.starts_at == change.before.starts_at


def _times_of(meeting: FollowUp, reading: Reading) -> dict[str, Any]:
    end = meeting.starts_at + timedelta(minutes=meeting.duration_minutes)
    return {
        "span": reading.times.span(meeting.starts_at, end),
        "starts": reading.at(meeting.starts_at),
        "location": one_line(meeting.location),
    }


def _review(notice: Notice, reading: Reading) -> dict[str, Any]:
    facts = notice.review or ReviewFacts()
    open_items = facts.open_items
    return {
        "summary": rich(facts.summary) or _first_sentence(notice),
        "items": max(facts.items, len(open_items)),
        "open_count": len(open_items),
        "open_items": _listed(open_items, reading.times) if open_items else None,
        "open_due": _due(open_items[0], reading.times) if len(open_items) == 1 else None,
    }


def _first_sentence(notice: Notice) -> Rich | None:
    cause = rich(notice.incident.root_cause) if notice.incident else None
    return rich(sentence_of(cause, 300))
