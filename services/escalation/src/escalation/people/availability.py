"""Whom a role of an account team leads to now: its holder, a stand-in, whoever is on duty, nobody.

Somebody who is away is represented by their stand-in, somebody outside their working hours by
whoever is on duty. Who is on duty is called at any hour: duty is what they have beside that.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from tocsin_contracts.policies import ON_DUTY
from tocsin_contracts.staff import Absence, AccountTeam, StaffMember
from tocsin_contracts.words import StaffRole

from escalation.people import clauses
from escalation.people.clauses import joined
from escalation.people.finding import Found
from escalation.people.hours import is_open, zone
from escalation.people.public_holidays import is_holiday


def find(
    team: AccountTeam, role: str, now: datetime, *, at_any_hour: bool = False
) -> tuple[Found, ...]:
    """One for each person that ``role`` leads to, each once; never empty.

    ``at_any_hour`` calls people outside their working hours too.
    """
    if role == ON_DUTY:
        return _on_duty(team, now)
    holder = team.members.get(StaffRole(role)) if role in set(StaffRole) else None
    if holder is None:
        return (Found(None, reason=clauses.no_such(role)),)
    there, reasons = _there(holder, team, now)
    if there is None:
        return (Found(None, reason=joined(reasons)),)
    off = None if at_any_hour else off_hours(there, now)
    if off is not None:
        return tuple(_for(holder, [*reasons, off], one) for one in _on_duty(team, now))
    return (_for(holder, reasons, Found(there)),)


def off_hours(member: StaffMember, now: datetime) -> str | None:
    """Why ``member`` does not work now; ``None``: they do, or have no hours."""
    hours = member.working_hours
    if hours is None:
        return None
    day = now.astimezone(zone(hours.timezone)).date()
    if member.holidays and is_holiday(member.holidays, day):
        return clauses.holiday(member, day)
    return None if is_open(hours, now) else clauses.outside_hours(member)


def people_of(team: AccountTeam) -> dict[str, StaffMember]:
    """Everybody of the team by key, with a role or without."""
    return {member.key: member for member in (*team.others, *team.members.values())}


def absence(absences: Iterable[Absence], person: str, now: datetime) -> Absence | None:
    """Of several at once the one that names a stand-in, then the one that ends last."""
    at_once = [a for a in absences if a.person == person and a.starts_at <= now < a.ends_at]
    return max(at_once, key=lambda a: (a.stand_in is not None, a.ends_at), default=None)


def _for(holder: StaffMember, reasons: Sequence[str], found: Found) -> Found:
    """``found`` in place of ``holder``, whom ``reasons`` keep away."""
    if found.person is not None and found.person.key == holder.key:
        return Found(found.person, reason=found.reason)
    told = joined([*reasons, found.reason])
    return Found(found.person, holder.name if found.person else None, told)


def _there(
    holder: StaffMember, team: AccountTeam, now: datetime
) -> tuple[StaffMember | None, list[str]]:
    """``holder``, or the first who stands in and is there; and why each before is not."""
    known, asked, reasons = people_of(team), set[str](), list[str]()
    who: StaffMember | None = holder
    while who is not None and who.key not in asked:
        away = absence(team.absences, who.key, now)
        if away is None:
            return who, reasons
        asked.add(who.key)
        reasons.append(clauses.away(who, away, team, now))
        who = known.get(away.stand_in or "")
    return None, [*reasons, clauses.NO_STAND_IN]


def _on_duty(team: AccountTeam, now: datetime) -> tuple[Found, ...]:
    duty, known = team.duty, people_of(team)
    spans = duty.spans if duty else ()
    keys = dict.fromkeys(s.person for s in spans if s.starts_at <= now < s.ends_at)
    found = [_at_duty(known[key], team, now) for key in keys if key in known]
    if not found:
        return (Found(None, reason=clauses.nobody_on_duty(team, now)),)
    by_person = {one.person.key if one.person else "": one for one in reversed(found)}
    there = [one for key, one in by_person.items() if key]
    return tuple(there[::-1] or found)


def _at_duty(member: StaffMember, team: AccountTeam, now: datetime) -> Found:
    there, reasons = _there(member, team, now)
    told = joined([*reasons, clauses.stale(team, now)])
    stands_in = there is not None and there.key != member.key
    return Found(there, member.name if stands_in else None, told)
