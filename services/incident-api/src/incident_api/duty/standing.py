"""Who of a team is on duty at a moment, and who is next. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from tocsin_contracts.staff import AccountTeam, Duty, DutySpan

from incident_api.directory.entries import TeamEntry
from incident_api.duty.calendar import CalendarEvent
from incident_api.duty.coverage import gaps
from incident_api.duty.expanding import Reading
from incident_api.duty.matching import people_meant
from incident_api.web.shown import plain


@dataclass(frozen=True)
class Team:
    """One team: as it is written, as it is told, and what its calendar said."""

    entry: TeamEntry
    told: AccountTeam
    reading: Reading | None = None

    @property
    def duty(self) -> Duty | None:
        return self.told.duty

    def names(self) -> Mapping[str, str]:
        return {m.key: m.name for m in self.told.everyone()}


def standing_shown(team: Team, at: datetime) -> dict[str, Any]:
    """``next`` are those whose duty begins next after ``at``."""
    written, duty = team.entry.duty, team.duty
    assert duty is not None  # noqa: S101 — nothing is shown of teams without one
    on_duty = [span for span in duty.spans if span.starts_at <= at < span.ends_at]
    reading = team.reading
    return {
        "team_key": team.entry.key,
        "at": plain(at),
        "source": "rota" if written is None or written.calendar is None else "calendar",
        "on_duty": [_span_shown(team, span, at) for span in on_duty],
        "next": [_span_shown(team, span, span.starts_at) for span in _next(duty.spans, at)],
        "known_until": plain(duty.known_until),
        "stale_since": plain(duty.stale_since),
        "failure": None if reading is None else reading.failure,
        "unknown_events": [] if reading is None else list(unknown_events(team, reading, at)),
    }


def _next(spans: Iterable[DutySpan], at: datetime) -> list[DutySpan]:
    coming = [span for span in spans if span.starts_at > at]
    first = min((span.starts_at for span in coming), default=None)
    return [span for span in coming if span.starts_at == first]


def _span_shown(team: Team, span: DutySpan, at: datetime) -> dict[str, Any]:
    """``away``: absent at ``at``; ``stand_in`` is called instead, if anybody is."""
    absence = next(
        (
            one
            for one in team.told.absences
            if one.person == span.person and one.starts_at <= at < one.ends_at
        ),
        None,
    )
    return {
        "person": span.person,
        "name": team.names().get(span.person, span.person),
        "from": plain(span.starts_at),
        "to": plain(span.ends_at),
        "away": absence is not None,
        "stand_in": None if absence is None else absence.stand_in,
    }


def unknown_events(team: Team, reading: Reading, now: datetime) -> tuple[str, ...]:
    """Titles of events to come that mean nobody of the team."""
    return tuple(dict.fromkeys(event.summary for event in _strange(team, reading, now)))


def uncovered_events(team: Team, reading: Reading, now: datetime) -> tuple[str, ...]:
    """Of these, those in whose time nobody else is on duty: somebody is missing."""
    spans = () if team.duty is None else team.duty.spans
    return tuple(
        dict.fromkeys(
            event.summary
            for event in _strange(team, reading, now)
            if gaps(spans, event.starts_at, event.ends_at)
        )
    )


def _strange(team: Team, reading: Reading, now: datetime) -> list[CalendarEvent]:
    members = team.entry.everyone()
    return [e for e in reading.events if e.ends_at > now and not people_meant(e, members)]
