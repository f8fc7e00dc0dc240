"""When nobody can be called for some roles of a team. Pure.

Whoever is called is asked for as in an outage, at every moment at which the answer may change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import pairwise

from tocsin_contracts.policies import Hours
from tocsin_contracts.staff import AccountTeam, StaffMember

from escalation.people import clauses
from escalation.people.availability import find, people_of
from escalation.people.hours import WEEKDAYS, is_open, spans


@dataclass(frozen=True)
class Gap:
    """Nobody is there from ``begins`` until ``ends``; ``reason`` is why at the beginning."""

    begins: datetime
    ends: datetime
    reason: str


@dataclass(frozen=True)
class Asked:
    """Whom a step looks for, and when it does: ``hours`` ``None`` is always."""

    roles: tuple[str, ...]
    at_any_hour: bool = False
    hours: Hours | None = None


def gaps(team: AccountTeam, asked: Asked, since: datetime, until: datetime) -> list[Gap]:
    """In order, each as long as it goes on. Beyond what is known of a duty nothing is said."""
    known = min(until, team.duty.known_until) if team.duty else until
    moments = sorted({since, *_changes(team, asked, since, known), known})
    found: list[Gap] = []
    for begins, ends in pairwise(m for m in moments if since <= m <= known):
        reason = _nobody(team, asked, begins)
        if reason is None:
            continue
        if found and found[-1].ends == begins:
            found[-1] = replace(found[-1], ends=ends)
        else:
            found.append(Gap(begins, ends, reason))
    return found


def _nobody(team: AccountTeam, asked: Asked, now: datetime) -> str | None:
    """Why there is nobody; ``None``: there is somebody, or nobody is looked for."""
    if asked.hours is not None and not is_open(asked.hours, now):
        return None
    found = [
        one for role in asked.roles for one in find(team, role, now, at_any_hour=asked.at_any_hour)
    ]
    if any(one.person is not None for one in found):
        return None
    return clauses.joined(one.reason for one in found)


def _changes(
    team: AccountTeam, asked: Asked, since: datetime, until: datetime
) -> Iterator[datetime]:
    """Every moment at which somebody comes or goes."""
    spans_given = [(one.starts_at, one.ends_at) for one in team.absences]
    spans_given += [(one.starts_at, one.ends_at) for one in (team.duty.spans if team.duty else ())]
    for begins, ends in spans_given:
        yield from (begins.astimezone(UTC), ends.astimezone(UTC))
    for member in people_of(team).values():
        if member.working_hours is not None:
            yield from _of_hours(member.working_hours, since, until)
            yield from _midnights(member, member.working_hours, since, until)
    if asked.hours is not None:
        yield from _of_hours(asked.hours, since, until)


def _of_hours(hours: Hours, since: datetime, until: datetime) -> Iterator[datetime]:
    for span in spans(hours, since, until):
        yield from span


def _midnights(
    member: StaffMember, hours: Hours, since: datetime, until: datetime
) -> Iterator[datetime]:
    """A holiday begins and ends with the day."""
    if member.holidays:
        all_day = Hours(timezone=hours.timezone, days=dict.fromkeys(WEEKDAYS, ("00:00", "24:00")))
        yield from (begins for begins, _ in spans(all_day, since, until))
