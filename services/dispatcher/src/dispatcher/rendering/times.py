"""Moments and durations as one reader reads them: own zone, 24-hour clock, zone word, own date."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from zoneinfo import ZoneInfo

from babel import Locale
from babel.dates import format_datetime

from dispatcher.rendering.language import Language
from dispatcher.rendering.lengths import Length, length_of
from dispatcher.rendering.spans import Span
from dispatcher.rendering.spoken import spoken_clock, spoken_day, spoken_zone
from dispatcher.rendering.zones import clocks_change_on, offset_word, zone_word

_DAY = re.compile(r"(?<!d)d(?!d)(?![^']*'(?:[^']*'[^']*')*[^']*$)")
"""The day of the month in a pattern, outside of quoted words."""


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
        return When(self, moment)

    def clock(self, moment: datetime) -> Clock:
        """Without the zone, where its sentence has it already."""
        return Clock(self, moment)

    def span(self, start: datetime, end: datetime) -> Span:
        """``09:52 to 15:34 CET``; both dates once they differ, both zones once those do."""
        return Span(self, start, end)

    def was_now(self, was: datetime, now: datetime) -> str:
        """``was 14:00, now 16:00``, with the days in words once they differ."""
        if self.day_of(was) == self.day_of(now):
            pattern = self.language.word("dates", "was_now")
            first = self.with_article(was, self.clock_of(was, "bare_"))
            return pattern.format(was=first, now=self.with_article(now, self.clock_of(now)))
        pattern = self.language.word("dates", "was_now_days")
        return pattern.format(was=self._relative(was, "bare_"), now=self._relative(now))

    def date(self, moment: datetime) -> str:
        """``24 November``, as in a subject; the year once it is another."""
        return self.day(moment, "date")

    def weekday(self, moment: datetime) -> str:
        return self.day(moment, "day")

    def duration(self, length: timedelta) -> Length:
        return length_of(self.language, length)

    def zone_line(self) -> str:
        """``Europe/Berlin (CET, UTC+1)``."""
        word, offset = zone_word(self.now, self.zone), offset_word(self.now, self.zone)
        inside = word if word == offset else f"{self._translated(word)}, {offset}"
        return f"{self.zone.key} ({inside})" if self.zone.key != inside else self.zone.key

    def is_dated(self, moment: datetime) -> bool:
        return self.day_of(moment) != self.day_of(self.now) or self.is_midnight(moment)

    def is_midnight(self, moment: datetime) -> bool:
        local = self.local(moment)
        return local.hour == 0 and local.minute == 0

    def day_of(self, moment: datetime) -> datetime:
        local = self.local(moment)
        return datetime(local.year, local.month, local.day)  # noqa: DTZ001 - a calendar day

    def local(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone)

    def day(self, moment: datetime, pattern: str) -> str:
        local = self.local(moment)
        other_year = local.year != self.local(self.now).year
        return self._written(local, f"{pattern}_year" if other_year else pattern)

    def dated(self, moment: datetime, pattern: str, clock: str, joined: str) -> str:
        """``Thursday 26 November, 18:00 CET``."""
        day = self.day(moment, pattern)
        return self.language.word("dates", joined).format(day=day, clock=clock)

    def clock_of(self, moment: datetime, form: str = "") -> str:
        """``form`` is ``""``, or a prefix of the clock's patterns that a language may have."""
        local = self.local(moment)
        whole = self.language.words["dates"].get(f"{form}whole_hour")
        if whole is not None and local.minute == 0:
            return self._written(local, f"{form}whole_hour")
        own = f"{form}clock" in self.language.words["dates"]
        return self._written(local, f"{form}clock") if own or not form else self.clock_of(moment)

    def zone_of(self, moment: datetime) -> str:
        word = zone_word(moment, self.zone)
        if clocks_change_on(moment, self.zone) and not word.startswith("UTC"):
            return f"{self._translated(word)} ({offset_word(moment, self.zone)})"
        return self._translated(word)

    def zoned(self, moment: datetime, clock: str, pattern: str = "with_zone") -> str:
        """``09:52 CET``; brackets within brackets are spared."""
        zone = self.zone_of(moment)
        pattern = "short_with_zone" if "(" in zone else pattern
        return self.language.word("dates", pattern).format(clock=clock, zone=zone)

    def _relative(self, moment: datetime, form: str = "") -> str:
        days = (self.day_of(moment) - self.day_of(self.now)).days
        day = self.day(moment, "day")
        clock = self.with_article(moment, self.clock_of(moment, form))
        key = {0: "today_and_clock", 1: "tomorrow_and_clock"}.get(days, "other_day_and_clock")
        return self.language.word("dates", key).format(day=day, clock=clock)

    def with_article(self, moment: datetime, clock: str) -> str:
        """``las 09:52``, ``la 01:00``, in a language where a clock has one."""
        key = "article_one" if self.local(moment).hour == 1 else "article"
        return self.language.words["dates"].get(key, "{clock}").format(clock=clock)

    def _translated(self, word: str) -> str:
        return self.language.words.get("zones", {}).get(word, word)

    def _written(self, local: datetime, pattern: str) -> str:
        written = self.language.word("dates", pattern)
        first = self.language.words["dates"].get("first")
        if first and local.day == 1:
            written = _DAY.sub(f"'{first}'", written)
        return _formatted(written, local.replace(tzinfo=None), self.language.locale)


@lru_cache(maxsize=4_096)
def _formatted(pattern: str, local: datetime, locale: Locale) -> str:
    """Kept: the messages of one outage name the same few moments."""
    return format_datetime(local, pattern, locale=locale)


@dataclass(frozen=True)
class When:
    """One moment in the forms that a text may need. Prints in full: ``09:52 CET``.

    ``short`` abbreviates the day, ``sms`` the clock too, where the language can. ``clock`` and
    ``sms_clock`` leave out the zone. ``at``, ``since`` and ``by`` begin with their preposition,
    which in most languages depends on whether a day is named.
    """

    times: Times
    moment: datetime

    def __str__(self) -> str:
        return self.full

    @cached_property
    def full(self) -> str:
        return self._dated("day", self._zoned())

    @cached_property
    def short(self) -> str:
        return self._dated("short_day", self._zoned())

    @cached_property
    def sms(self) -> str:
        clock = self.times.clock_of(self.moment, "sms_")
        zoned = self.times.zoned(self.moment, clock, "short_with_zone")
        return self._dated("short_day", zoned, "sms_day_and_clock")

    @cached_property
    def clock(self) -> str:
        return self._dated("day", self.times.clock_of(self.moment))

    @cached_property
    def sms_clock(self) -> str:
        clock = self.times.clock_of(self.moment, "sms_")
        return self._dated("short_day", clock, "sms_day_and_clock")

    @cached_property
    def at(self) -> str:
        return self._phrase("at")

    @cached_property
    def since(self) -> str:
        return self._phrase("since")

    @cached_property
    def by(self) -> str:
        return self._phrase("by")

    @cached_property
    def day(self) -> str:
        return self.times.day(self.moment, "day")

    @cached_property
    def short_day(self) -> str:
        return self.times.day(self.moment, "short_day")

    @property
    def dated(self) -> bool:
        """Whether the forms name a day."""
        return self.times.is_dated(self.moment)

    @cached_property
    def spoken(self) -> str:
        zone = spoken_zone(self.times.language, self.times.zone)
        return f"{self.spoken_clock}, {zone}"

    @cached_property
    def spoken_clock(self) -> str:
        language, local = self.times.language, self.times.local(self.moment)
        clock = spoken_clock(language, local)
        if not self.dated:
            return clock
        pattern = language.word("spoken", "day_and_clock")
        return pattern.format(day=spoken_day(language, local), clock=clock)

    @cached_property
    def spoken_day(self) -> str:
        return spoken_day(self.times.language, self.times.local(self.moment))

    def _zoned(self) -> str:
        return self.times.zoned(self.moment, self.times.clock_of(self.moment))

    def _dated(self, pattern: str, clock: str, joined: str = "day_and_clock") -> str:
        return self.times.dated(self.moment, pattern, clock, joined) if self.dated else clock

    def _phrase(self, key: str) -> str:
        pattern = self.times.language.word("when", f"{key}_day" if self.dated else key)
        clock = self.times.with_article(self.moment, self._zoned())
        return pattern.format(day=self.day, clock=clock)


@dataclass(frozen=True)
class Clock:
    """A moment whose zone its sentence has already."""

    times: Times
    moment: datetime

    def __str__(self) -> str:
        return self.full

    @cached_property
    def full(self) -> str:
        return When(self.times, self.moment).clock

    @cached_property
    def short(self) -> str:
        return When(self.times, self.moment).sms_clock
