"""A zone as iCalendar describes it: each change of the clock within some years.

Of our own: the library's finder steps over short periods, such as Morocco's month of Ramadan.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

DAY = timedelta(days=1)
PRECISION = timedelta(seconds=1)


@lru_cache(maxsize=256)
def timezone_text(zone: ZoneInfo, first_year: int, last_year: int) -> str:
    """The VTIMEZONE from the beginning of ``first_year`` to the end of ``last_year``, worked out
    once for all readers there."""
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    made = Timezone()
    made.add("tzid", zone.key)
    made.add_component(_observance(zone, begin, _offset(zone, begin)))
    for moment in changes(zone, begin, datetime(last_year + 1, 1, 1, tzinfo=UTC)):
        made.add_component(_observance(zone, moment, _offset(zone, moment - PRECISION)))
    text: str = made.to_ical().decode()
    return text


def changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """The first moment of each new offset, in UTC."""
    day = begin
    while day < end:
        following = min(day + DAY, end)
        if _offset(zone, day) != _offset(zone, following):
            yield _first_of_new_offset(zone, day, following)
        day = following


def _first_of_new_offset(zone: ZoneInfo, old: datetime, new: datetime) -> datetime:
    after = _offset(zone, new)
    while new - old > PRECISION:
        middle = old + (new - old) // 2
        middle = middle.replace(microsecond=0)
        if _offset(zone, middle) == after:
            new = middle
        else:
            old = middle
    return new


def _observance(
    zone: ZoneInfo, moment: datetime, before: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    """It begins at the wall clock of the offset ``before`` (RFC 5545, 3.6.5)."""
    local = moment.astimezone(zone)
    made = TimezoneDaylight() if local.dst() else TimezoneStandard()
    made.add("dtstart", (moment + before).replace(tzinfo=None))
    made.add("tzoffsetfrom", before)
    made.add("tzoffsetto", _offset(zone, moment))
    made.add("tzname", local.tzname() or zone.key)
    return made


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()
