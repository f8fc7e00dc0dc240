"""Moments and lengths as a document writes them: the reader's zone, 24-hour clock, own patterns."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from incident_api.documents.language import Language


@dataclass(frozen=True)
class Times:
    """Writes moments for a reader in ``zone``. ``zoned``: each clock carries its zone, where the
    clocks change within the document."""

    language: Language
    zone: ZoneInfo
    zoned: bool = False

    def clock(self, moment: datetime) -> str:
        """``09:52``; in French ``9 h 52``, and ``14 h`` at the full hour."""
        full_hour = self.local(moment).minute == 0
        written = self._written(moment, "full_hour" if full_hour else "clock")
        return f"{written} {zone_word(moment, self.zone)}" if self.zoned else written

    def day(self, moment: datetime) -> str:
        return self._written(moment, "day")

    def full_date(self, moment: datetime | date) -> str:
        return self._written(moment, "date")

    def short_day(self, moment: datetime) -> str:
        return self._written(moment, "short_day")

    def month(self, moment: datetime | date) -> str:
        return self._written(moment, "month")

    def date_and_clock(self, moment: datetime) -> str:
        return self._joined(self.full_date(moment), self.clock(moment))

    def short_day_and_clock(self, moment: datetime) -> str:
        return self._joined(self.short_day(moment), self.clock(moment))

    def clock_beside(self, moment: datetime, other: datetime) -> str:
        """Beside ``other``: the clock alone on its day, else with a short date."""
        same = self.local(moment).date() == self.local(other).date()
        return self.clock(moment) if same else self.short_day_and_clock(moment)

    def span(self, start: datetime, end: datetime) -> str:
        """``24 November 2026, 09:52 to 15:34``; both dates once they differ."""
        same_day = self.local(start).date() == self.local(end).date()
        last = self.clock(end) if same_day else self.date_and_clock(end)
        return self.language.word("dates", "span", start=self.date_and_clock(start), end=last)

    def length(self, length: timedelta) -> str:
        """Two units at most, truncated to the minute: ``5 h 42 min``."""
        minutes = max(0, int(length.total_seconds() // 60))
        units = (("day", minutes // 1440), ("hour", minutes % 1440 // 60), ("minute", minutes % 60))
        told = [place for place, (_, count) in enumerate(units) if count]
        if not told:
            return self.language.word("durations", "under_a_minute")
        shown = [units[place] for place in told if place <= told[0] + 1]
        return " ".join(f"{n}\u00a0{self.language.word('durations', unit)}" for unit, n in shown)

    def minutes(self, count: int) -> str:
        return self.length(timedelta(minutes=count))

    def zone_line(self, moment: datetime) -> str:
        """``Times are Europe/Berlin (CET, UTC+1).``"""
        word, offset = zone_word(moment, self.zone), offset_word(moment, self.zone)
        inside = word if word == offset else f"{word}, {offset}"
        named = self.zone.key if self.zone.key == inside else f"{self.zone.key} ({inside})"
        return self.language.word("dates", "zone_line", zone=named)

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def _joined(self, day: str, clock: str) -> str:
        return self.language.word("dates", "day_and_clock", day=day, clock=clock)

    def _written(self, moment: datetime | date, pattern: str) -> str:
        local = self.local(moment) if isinstance(moment, datetime) else moment
        naive = datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a wall clock
        if isinstance(local, datetime):
            naive = local.replace(tzinfo=None)
        written = self.language.words["dates"][pattern]
        return format_datetime(naive, written, locale=self.language.locale)


def times_for(
    language: Language, zone: str, start: datetime, end: datetime, *, zoned: bool = False
) -> Times:
    """For a document about ``start`` to ``end``."""
    known = zone_or_utc(zone)
    changes = start.astimezone(known).utcoffset() != end.astimezone(known).utcoffset()
    return Times(language, known, zoned or changes)


def zone_or_utc(name: str) -> ZoneInfo:
    """A zone that is gone from the tables must not keep a document back."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, LookupError):
        return ZoneInfo("UTC")


def zone_word(moment: datetime, zone: ZoneInfo) -> str:
    """``CET``, or ``UTC+4`` for a zone without a word of its own."""
    word = moment.astimezone(zone).strftime("%Z")
    return word if word.isalpha() else offset_word(moment, zone)


def offset_word(moment: datetime, zone: ZoneInfo) -> str:
    """``UTC+1``, ``UTC+5:30``, ``UTC-3``, ``UTC``."""
    minutes = int((moment.astimezone(zone).utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '-'}{hours}{f':{rest:02}' if rest else ''}"
