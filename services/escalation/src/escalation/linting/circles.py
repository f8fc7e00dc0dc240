"""Stand-ins who stand in for one another while each is away. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from tocsin_contracts.staff import AccountTeam

from escalation.people.availability import absence


def circles(team: AccountTeam, since: datetime, until: datetime) -> Iterator[tuple[str, ...]]:
    """The keys of each circle that closes at some moment of the time, once."""
    told: set[frozenset[str]] = set()
    begun = {max(since, a.starts_at) for a in team.absences if a.ends_at > since}
    for moment in sorted(m for m in begun if m < until):
        for first in dict.fromkeys(a.person for a in team.absences):
            found = _circle(team, first, moment)
            if found and frozenset(found) not in told:
                told.add(frozenset(found))
                yield found


def _circle(team: AccountTeam, first: str, now: datetime) -> tuple[str, ...]:
    """The way from ``first`` back to them; empty: it leads elsewhere, or to nobody."""
    way, person = [first], first
    while (away := absence(team.absences, person, now)) is not None and away.stand_in is not None:
        person = away.stand_in
        if person == first:
            return tuple(way)
        if person in way:
            return ()
        way.append(person)
    return ()
