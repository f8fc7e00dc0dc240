"""From one moment to another, as one reader reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # each makes the other's moments
    from dispatcher.rendering.times import Times, When

_SPANS = {
    (False, False): "span",
    (True, False): "span_one_day",
    (False, True): "span_into",
    (True, True): "span_days",
}
"""The pattern by whether the first and the last moment show their day."""


@dataclass(frozen=True)
class Span:
    """From one moment to another. Prints in full; ``clocks`` leaves out the days."""

    times: Times
    first: datetime
    last: datetime

    def __str__(self) -> str:
        return self.full

    @property
    def starts(self) -> When:
        return self.times.at(self.first)

    @property
    def ends(self) -> When:
        return self.times.at(self.last)

    @cached_property
    def full(self) -> str:
        return self._written(Form("day"))

    @cached_property
    def short(self) -> str:
        return self._written(Form("short_day"))

    @cached_property
    def sms(self) -> str:
        return self._written(Form("short_day", "sms_", "short_with_zone", "sms_day_and_clock"))

    @cached_property
    def clocks(self) -> str:
        return self._written(Form(None))

    @cached_property
    def sms_clocks(self) -> str:
        return self._written(Form(None, "sms_", "short_with_zone"))

    def _written(self, form: Form) -> str:
        times, last = self.times, self.last
        ending = times.zoned(last, times.clock_of(last, form.clock), form.zoned)
        dated = bool(form.day) and times.is_dated(self.first)
        into = bool(form.day) and self._ends_another_day() and times.is_dated(last)
        pattern = times.language.word("dates", _SPANS[dated, into])
        return pattern.format(
            day=times.day(self.first, form.day or "day"),
            start=self._dated(self.first, self._beginning(form), form)
            if dated and into
            else self._beginning(form),
            end=self._dated(last, ending, form) if into else ending,
        )

    def _beginning(self, form: Form) -> str:
        times, first = self.times, self.first
        if times.zone_of(first) == times.zone_of(self.last):
            own = f"{form.clock}clock" in times.language.words["dates"]
            return times.clock_of(first, form.clock if form.clock and own else "bare_")
        return times.zoned(first, times.clock_of(first, form.clock), form.zoned)

    def _dated(self, moment: datetime, clock: str, form: Form) -> str:
        return self.times.dated(moment, form.day or "day", clock, form.joined)

    def _ends_another_day(self) -> bool:
        days = self.times.day_of(self.first), self.times.day_of(self.last)
        return days[0] != days[1] or self.times.is_midnight(self.last)


@dataclass(frozen=True)
class Form:
    """Which patterns a span is written by; ``day`` ``None`` leaves the days out."""

    day: str | None
    clock: str = ""
    zoned: str = "with_zone"
    joined: str = "day_and_clock"
