"""Quiet hours: what can wait waits for the reader's morning."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin_contracts.directory import QuietHours

from dispatcher.gating.model import Limits, Wait
from dispatcher.rendering.zones import zone_or_utc, zone_word

END_OF_DAY = "24:00"


def in_quiet_hours(limits: Limits, now: datetime) -> Wait | None:
    if limits.quiet_hours is None:
        return None
    zone = zone_or_utc(limits.zone)
    until = quiet_until(now, limits.quiet_hours, zone)
    if until is None:
        return None
    clock = f"{until.astimezone(zone):%H:%M} {zone_word(until, zone)}"
    return Wait(until, f"waits until {clock}: quiet hours of {limits.whose}")


def quiet_until(now: datetime, hours: QuietHours, zone: ZoneInfo) -> datetime | None:
    """When the quiet hours end in which ``now`` lies, in UTC; ``None`` outside of them.

    Hours that end when they begin are none: nobody can be asked to be quiet for ever.
    """
    today = now.astimezone(zone).date()
    spans = [_span(today + timedelta(days=offset), hours, zone) for offset in (-1, 0, 1)]
    until = None
    for begins, ends in spans:
        if begins <= (until or now) < ends:
            until = ends
    return until


def _span(day: date, hours: QuietHours, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """From the evening of ``day`` on, in UTC.

    An hour that comes twice begins with its first pass and ends with its second; one that is left
    out begins early and ends late (RFC 5545, 3.3.5 for the end): no reading of the clock wakes
    anybody.
    """
    last = day if hours.start <= hours.end else day + timedelta(days=1)
    return min(_readings(day, hours.start, zone)), max(_readings(last, hours.end, zone))


def _readings(day: date, wall_clock: str, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The two moments that ``wall_clock`` may mean where the clock is changed; else one, twice."""
    if wall_clock == END_OF_DAY:
        day, wall_clock = day + timedelta(days=1), "00:00"
    local = datetime.combine(day, time.fromisoformat(wall_clock), zone)
    return local.replace(fold=0).astimezone(UTC), local.replace(fold=1).astimezone(UTC)
