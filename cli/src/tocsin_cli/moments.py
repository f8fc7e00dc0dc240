"""When an outage is to begin, as people say it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, timedelta, tzinfo

from tocsin_cli.api import Refused

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_SAID = re.compile(r"(?P<day>[a-z]+) +(?P<clock>\d{1,2}:\d{2})")


def moment(said: str, zone: tzinfo | None, now: datetime) -> datetime:
    """``now``, ``sunday 02:00`` (the next one), or RFC 3339; without an offset, in ``zone``.

    ``zone`` ``None`` is this machine's.

    Raises :class:`Refused`.
    """
    text = said.strip().lower()
    if text == "now":
        return now
    spoken = _SAID.fullmatch(text)
    if spoken is not None:
        return _next(spoken["day"], spoken["clock"], zone, now)
    try:
        found = datetime.fromisoformat(said.strip())
    except ValueError:
        raise _unclear(said) from None
    return found if found.tzinfo is not None else _in(zone, found)


def _next(day: str, clock: str, zone: tzinfo | None, now: datetime) -> datetime:
    known = [place for place, name in enumerate(WEEKDAYS) if len(day) > 2 and name.startswith(day)]
    try:
        hour, minute = map(int, clock.split(":"))
        at = time(hour, minute)
    except ValueError:
        known = []
    if not known:
        raise _unclear(f"{day} {clock}")
    today = now.astimezone(zone).date()
    ahead = (known[0] - today.weekday()) % 7
    found = _in(zone, datetime.combine(today + timedelta(days=ahead), at))
    # Compared in UTC: two moments of one zone compare by the clock on the wall.
    if found.astimezone(UTC) <= now.astimezone(UTC):
        found = _in(zone, datetime.combine(today + timedelta(days=ahead + 7), at))
    return found


def _in(zone: tzinfo | None, wall_clock: datetime) -> datetime:
    """This machine's offset is the one of that day, not today's."""
    return wall_clock.astimezone() if zone is None else wall_clock.replace(tzinfo=zone)


def _unclear(said: str) -> Refused:
    return Refused(f"'{said}' is no moment; write 'sunday 02:00', 2026-11-29T02:00+01:00, or now.")
