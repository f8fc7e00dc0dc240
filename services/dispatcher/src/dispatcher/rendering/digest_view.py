"""Several disruptions in one message, by their latest state, as the variables of its template."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from dispatcher.rendering.base_view import base_view, cut_name
from dispatcher.rendering.facts import DigestItem
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import rich
from dispatcher.rendering.spoken import in_words

MOST = 6


def digest_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``count`` of ``items`` are spelled out; ``names_open`` and ``names_over`` are all of them."""
    items = sorted(notice.digest, key=_urgent_first)
    opened = [item for item in items if item.incident.status.is_open]
    over = [item for item in items if not item.incident.status.is_open]
    linked = [item for item in opened if item.linked]
    return {
        **base_view(notice, reading),
        "items": [_item(item, notice, reading) for item in items[:MOST]],
        "more": max(len(items) - MOST, 0),
        "count": len(items),
        "open": len(opened),
        "open_spoken": in_words(reading.language, len(opened)),
        "count_spoken": in_words(reading.language, len(items)),
        "all_today": all(_is_today(item, reading) for item in items),
        "names_open": _names(opened, reading),
        "names_over": _names(over, reading),
        "names_all": _names(items, reading),
        "linked": _names(linked, reading, most=MOST) if len(linked) > 1 else None,
        "linked_all": len(linked) == len(opened),
        "next_update": reading.at(_earliest(notice, opened)),
    }


def count_of(notice: Notice, *, is_open: bool) -> int:
    return sum(item.incident.status.is_open == is_open for item in notice.digest)


def _urgent_first(item: DigestItem) -> tuple[bool, int, datetime]:
    """Open ones before those that are over; the most severe, then the oldest."""
    incident = item.incident
    return not incident.status.is_open, incident.severity.rank, incident.started_at


def _item(item: DigestItem, notice: Notice, reading: Reading) -> dict[str, Any]:
    """Its heading has the moment of the state and the zone; so its own times need none."""
    incident, times = item.incident, reading.times
    eta = incident.eta if incident.eta and incident.eta > notice.at else None
    names = reading.names(item.systems)
    return {
        "system": names or reading.phrase("no_system"),
        "named": names is not None,
        "status": incident.status.value,
        "open": incident.status.is_open,
        "cancelled": incident.status.value == "cancelled",
        "level": incident.impact_level.value if incident.impact_level else None,
        "impact": rich(incident.impact),
        "since": times.at(incident.started_at),
        "until": times.at(incident.resolved_at) if incident.resolved_at else None,
        "eta": times.at(eta) if eta else None,
        "next": reading.at(_next(item, notice)),
    }


def _is_today(item: DigestItem, reading: Reading) -> bool:
    times = reading.times
    return times.day_of(item.incident.started_at) == times.day_of(times.now)


def _names(items: Sequence[DigestItem], reading: Reading, *, most: int = 3) -> str | None:
    names = (cut_name(name) for item in items for name in item.systems[:1])
    return reading.names(tuple(dict.fromkeys(filter(None, names))), most=most)


def _earliest(notice: Notice, opened: Sequence[DigestItem]) -> datetime | None:
    due = [due for item in opened if (due := _next(item, notice))]
    return notice.next_update_due or min(due, default=None)


def _next(item: DigestItem, notice: Notice) -> datetime | None:
    """A promise that has passed is none any more."""
    due = item.next_update_due
    return due if due and due > notice.at else None
