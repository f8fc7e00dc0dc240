"""A word that is due, at risk or late, as staff read it: the variables of its template."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from dispatcher.rendering.base_view import cut_name
from dispatcher.rendering.facts import PromiseFacts
from dispatcher.rendering.incident_view import incident_view
from dispatcher.rendering.marks import role_words
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.phones import as_read
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line, shortened
from dispatcher.rendering.spoken import in_words

LONGEST_QUOTE = 200


def promise_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    facts = notice.promise
    if facts is None:
        raise ValueError(f"a notice of kind {notice.kind} needs promise")
    return {
        **incident_view(notice, reading),
        **_clients(facts, reading),
        **_moments(facts, notice, reading),
        **_told(facts, reading),
        "promise": facts.promise.value,
        "cadence": reading.times.duration(timedelta(minutes=facts.every_minutes))
        if facts.every_minutes
        else None,
        "kept": facts.kept,
        "promised": facts.promised,
        "month_kept": facts.month_kept,
        "month_promised": facts.month_promised,
        "why_late": _clause(facts.reason),
        "open": notice.outage.status.is_open,
    }


def _clients(facts: PromiseFacts, reading: Reading) -> dict[str, Any]:
    """``first_client`` and ``more_clients`` further ones, so that one is called by its name."""
    names = [name for name in map(cut_name, facts.clients) if name]
    count = len(facts.clients)
    return {
        "clients": reading.names(tuple(names)) or reading.phrase("no_client_staff"),
        "first_client": names[0] if names else reading.phrase("no_client_staff"),
        "more_clients": max(count - 1, 0),
        "client_count": count,
        "client_count_spoken": in_words(reading.language, count),
    }


def _moments(facts: PromiseFacts, notice: Notice, reading: Reading) -> dict[str, Any]:
    """``left`` until it is due; ``late`` by how much it was, or is by now; ``None`` for less than
    a minute."""
    until = facts.done_at or notice.at
    late = until - facts.due_at
    whole = timedelta(minutes=1)
    return {
        "due": reading.at(facts.due_at),
        "overdue": facts.overdue or notice.at > facts.due_at,
        "left": reading.duration(notice.at, facts.due_at) if -late >= whole else None,
        "late": reading.duration(facts.due_at, until) if late >= whole else None,
        "done": reading.at(facts.done_at),
        "no_news_until": reading.at(facts.next_due_at),
        "our_fault": facts.late_by_seconds is not None,
    }


def _told(facts: PromiseFacts, reading: Reading) -> dict[str, Any]:
    then, call = facts.then, facts.call
    words = one_line(facts.last_words)
    role = facts.call_role
    return {
        "last_told": reading.at(facts.last_told_at),
        "last_words": shortened(words, LONGEST_QUOTE) if words else None,
        "then": {"name": one_line(then.name), "at": reading.at(then.at)} if then else None,
        "call_name": cut_name(call.name) if call else None,
        "call_phone": as_read(call.phone) if call else None,
        "call_role": role_words(reading.language, role) if role else None,
    }


def _clause(reason: str | None) -> str | None:
    words = one_line(reason)
    return words.rstrip(".") if words else None
