"""Moments and durations as one reader reads them: own zone, 24-hour clock, zone word, own date."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.units import format_unit

from dispatcher.rendering.language import Language
from dispatcher.rendering.zones import clocks_change_on, offset_word, zone_word


@dataclass(frozen=True)
class When:
    """One moment or duration: in full, and for chat. Prints in full."""

    full: str
    short: str

    def __str__(self) -> str:
        return self.full


@dataclass(frozen=True)
class Times:
    """Writes moments for a reader in ``zone`` whose today is that of ``now``.

    The date is written as soon as it is not today, and at 00:00, which could be either end of a
    day. On a day the clocks change, the offset stands beside the zone word.
    """

    language: Language
    zone: ZoneInfo
    now: datetime

    def at(self, moment: datetime) -> When:
        clock = f"{self._clock(moment)} {self._zone(moment)}"
        return When(self._dated(moment, clock, "day"), self._dated(moment, clock, "short_day"))

    def clock(self, moment: datetime) -> When:
        """Without the zone, where its sentence has it already."""
        clock = self._clock(moment)
        return When(self._dated(moment, clock, "day"), self._dated(moment, clock, "short_day"))

    def span(self, start: datetime, end: datetime) -> When:
        """``09:52 to 15:34 CET``; both dates once they differ, both zones once those do."""
        same_zone = self._zone(start) == self._zone(end)
        first = self.clock(start) if same_zone else self.at(start)
        last = self._same_day_end(start, end) or self.at(end)
        pattern = self.language.word("dates", "span")
        return When(
            pattern.format(start=first.full, end=last.full),
            pattern.format(start=first.short, end=last.short),
        )

    def was_now(self, was: datetime, now: datetime) -> str:
        """``was 14:00, now 16:00``, with the days in words once they differ."""
        same = self._day_of(was) == self._day_of(now)
        write = self._clock if same else self._day_and_clock
        return self.language.word("dates", "was_now").format(was=write(was), now=write(now))

    def date(self, moment: datetime) -> str:
        """``24 November``, as in a subject; the year once it is another."""
        return self._day(moment, "date")

    def weekday(self, moment: datetime) -> str:
        return self._day(moment, "day")

    def zone_line(self) -> str:
        """``Europe/Berlin (CET, UTC+1)``."""
        word, offset = zone_word(self.now, self.zone), offset_word(self.now, self.zone)
        inside = word if word == offset else f"{self._translated(word)}, {offset}"
        return f"{self.zone.key} ({inside})" if self.zone.key != inside else self.zone.key

    def duration(self, length: timedelta) -> When:
        """Two units at most, truncated to the minute: ``5 hours 42 minutes``."""
        minutes = max(0, int(length.total_seconds() // 60))
        days, hours = minutes // 1440, minutes % 1440 // 60
        units = [("day", days), ("hour", hours), ("minute", minutes % 60)]
        told = [(unit, count) for unit, count in units if count]
        if not told:
            return When(*[self.language.word("durations", "under_a_minute")] * 2)
        first = units.index(told[0])
        return self._units([pair for pair in told if units.index(pair) <= first + 1])

    def _units(self, told: list[tuple[str, int]]) -> When:
        full = [
            format_unit(count, f"duration-{unit}", "long", locale=self.language.locale)
            for unit, count in told
        ]
        short = [f"{count} {self.language.word('durations', unit)}" for unit, count in told]
        return When(" ".join(full), " ".join(short))

    def _dated(self, moment: datetime, clock: str, pattern: str) -> str:
        if self._day_of(moment) == self._day_of(self.now) and not self._is_midnight(moment):
            return clock
        joined = self.language.word("dates", "day_and_clock")
        return joined.format(day=self._day(moment, pattern), clock=clock)

    def _same_day_end(self, start: datetime, end: datetime) -> When | None:
        if self._day_of(start) != self._day_of(end) or self._is_midnight(end):
            return None
        return When(*[f"{self._clock(end)} {self._zone(end)}"] * 2)

    def _day_and_clock(self, moment: datetime) -> str:
        day = self._relative(moment) or self._day(moment, "day") + ","
        return f"{day} {self._clock(moment)}"

    def _relative(self, moment: datetime) -> str | None:
        days = (self._day_of(moment) - self._day_of(self.now)).days
        if days == 0:
            return self.language.word("dates", "today")
        if days == 1:
            tomorrow = self.language.word("dates", "tomorrow")
            return f"{tomorrow}, {self._day(moment, 'day')},"
        return None

    def _day(self, moment: datetime, pattern: str) -> str:
        local = moment.astimezone(self.zone)
        other_year = local.year != self.now.astimezone(self.zone).year
        written = self.language.word("dates", f"{pattern}_year" if other_year else pattern)
        return self._written(local, written)

    def _clock(self, moment: datetime) -> str:
        return self._written(moment, self.language.word("dates", "clock"))

    def _written(self, moment: datetime, pattern: str) -> str:
        local = moment.astimezone(self.zone).replace(tzinfo=None)
        return format_datetime(local, pattern, locale=self.language.locale)

    def _zone(self, moment: datetime) -> str:
        word = zone_word(moment, self.zone)
        if clocks_change_on(moment, self.zone) and not word.startswith("UTC"):
            return f"{self._translated(word)} ({offset_word(moment, self.zone)})"
        return self._translated(word)

    def _translated(self, word: str) -> str:
        return self.language.words.get("zones", {}).get(word, word)

    def _day_of(self, moment: datetime) -> datetime:
        local = moment.astimezone(self.zone)
        return datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a calendar day

    def _is_midnight(self, moment: datetime) -> bool:
        local = moment.astimezone(self.zone)
        return local.hour == 0 and local.minute == 0
