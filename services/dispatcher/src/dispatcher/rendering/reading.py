"""How one audience reads a notice: language, clock, and words for the closed lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.words import Severity, Status

from dispatcher.rendering.language import Language, choose, joined
from dispatcher.rendering.lengths import Length
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.rich import at_words, one_line
from dispatcher.rendering.times import Times, When
from dispatcher.rendering.zones import zone_or_utc


@dataclass(frozen=True)
class Reading:
    """Everything about a reader that a rendering may depend on and be shared by."""

    language: Language
    times: Times
    wishes: tuple[str | None, ...] = ()
    """The locales asked for, the nearest first."""
    name_room: int | None = None
    """In how many letters a name must fit, where there is little room; lists name the first."""

    def at(self, moment: datetime | None) -> When | None:
        return self.times.at(moment) if moment else None

    def duration(self, start: datetime, end: datetime) -> Length:
        return self.times.duration(max(end - start, timedelta()))

    def severity(self, severity: Severity) -> str:
        return self.language.word("severities", severity.value)

    def status(self, status: Status) -> str:
        return self.language.word("statuses", status.value)

    def phrase(self, key: str) -> str:
        return self.language.word("phrases", key)

    def names(self, names: tuple[str, ...], *, most: int = 3) -> str | None:
        cleaned = [name for name in map(one_line, names) if name]
        if self.name_room is not None:
            return self._short_names(cleaned, self.name_room)
        return joined(self.language, cleaned, most=most) or None

    def _short_names(self, names: list[str], room: int) -> str | None:
        if len(names) < 2:
            return at_words(names[0], room) if names else None
        pattern = self.language.word("subjects", "short_list")
        return pattern.format(first=at_words(names[0], room), count=len(names) - 1)


def reading_for(notice: Notice, locale: str | None, timezone: str | None) -> Reading:
    """Where the reader has no language or zone of their own, their client's; staff: the
    provider's."""
    client = notice.client
    language = language_for(notice, locale)
    fallback = client.timezone if client else notice.provider.timezone
    zone = zone_or_utc(timezone or fallback)
    times = Times(language, zone, notice.at)
    return Reading(language=language, times=times, wishes=_wishes(notice, locale))


def language_for(notice: Notice, locale: str | None) -> Language:
    """The language that a reader gets ``notice`` in, and with it whatever it leads to."""
    return choose(notice.kind, *_wishes(notice, locale))


def _wishes(notice: Notice, locale: str | None) -> tuple[str | None, ...]:
    client = notice.client
    return locale, client.locale if client else notice.provider.locale
