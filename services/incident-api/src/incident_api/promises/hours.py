"""A plan's service hours on its own clock, across changes of the clock."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tocsin_contracts.directory import ServiceHours
from tocsin_contracts.model import Weekday

WEEKDAYS: tuple[Weekday, ...] = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
END_OF_DAY = "24:00"


def into_service_hours(moment: datetime, hours: ServiceHours | None) -> datetime:
    """``moment`` itself while open (the closing minute counts), else the next opening.

    Hours without a single open day stay out of the way: a promise never moves to nowhere.
    """
    if hours is None or not hours.days:
        return moment
    today = moment.astimezone(ZoneInfo(hours.timezone)).date()
    for offset in range(-1, 8):  # yesterday too: its hours may reach past midnight
        span = _open_span(today + timedelta(days=offset), hours)
        if span is not None and moment <= span[1]:
            return max(moment, span[0])
    return moment


def _open_span(day: date, hours: ServiceHours) -> tuple[datetime, datetime] | None:
    """When the service opens and closes on ``day``, in UTC; ``None`` where it stays closed."""
    wall_clock = hours.days.get(WEEKDAYS[day.weekday()])
    if wall_clock is None:
        return None
    opens, closes = wall_clock
    zone = ZoneInfo(hours.timezone)
    last_day = day + timedelta(days=1) if closes <= opens else day
    return _moment(day, opens, zone, fold=0), _moment(last_day, closes, zone, fold=1)


def _moment(day: date, wall_clock: str, zone: ZoneInfo, *, fold: int) -> datetime:
    """The moment the local clock shows ``wall_clock`` on ``day``.

    An hour that comes twice opens at its first and closes at its second pass (``fold``). An hour
    that is left out is read as if the clock had not been changed yet, so 02:30 becomes 03:30.
    """
    if wall_clock == END_OF_DAY:
        day, wall_clock = day + timedelta(days=1), "00:00"
    hour, minute = (int(part) for part in wall_clock.split(":"))
    local = datetime.combine(day, time(hour, minute), zone)
    if not _exists(local):
        return local.replace(fold=0).astimezone(UTC)
    return local.replace(fold=fold).astimezone(UTC)


def _exists(local: datetime) -> bool:
    there_and_back = local.astimezone(UTC).astimezone(local.tzinfo)
    return there_and_back.replace(tzinfo=None) == local.replace(tzinfo=None)
