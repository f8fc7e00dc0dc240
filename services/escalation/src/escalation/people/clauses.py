"""Why somebody is not called, a clause each, without a full stop: "nobody is on duty"."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from tocsin_contracts.staff import Absence, AccountTeam, StaffMember

from escalation.people.hours import zone

NO_STAND_IN = "nobody stands in"
SAME_YEAR = timedelta(days=300)
"""A date this far away is said with its year."""


def no_such(role: str) -> str:
    return f"the account team names no {role.replace('_', ' ')}"


def no_team(client: str) -> str:
    return f"{client} has no account team"


def no_contact(client: str, role: str) -> str:
    return f"nobody at {client} holds the role '{role}'"


def away(who: StaffMember, absence: Absence, team: AccountTeam, now: datetime) -> str:
    return f"{who.name} is away until {_until(absence.ends_at, team, now)}"


def holiday(who: StaffMember, day: date) -> str:
    return f"{day.day} {day:%B} is a public holiday for {who.name}"


def outside_hours(who: StaffMember) -> str:
    return f"it is outside {who.name}'s working hours"


def nobody_on_duty(team: AccountTeam, now: datetime) -> str:
    duty = team.duty
    if duty is not None and now >= duty.known_until:
        known = f"who is on duty is known only until {_until(duty.known_until, team, now)}"
        return joined([known, stale(team, now)])
    return joined(["nobody is on duty", stale(team, now)])


def stale(team: AccountTeam, now: datetime) -> str:
    """That it may be wrong who is on duty; empty where it is known."""
    since = team.duty.stale_since if team.duty else None
    return f"the duty calendar was last read at {_time(since, team, now)}" if since else ""


def joined(clauses: Iterable[str]) -> str:
    """Clauses as one, each once: "a, b, and c"; empty ones are left out."""
    each = list(dict.fromkeys(clause for clause in clauses if clause))
    if len(each) <= 1:
        return "".join(each)
    return f"{', '.join(each[:-1])}, and {each[-1]}"


def _until(moment: datetime, team: AccountTeam, now: datetime) -> str:
    """``1 December``, or with the time where it is not the day's beginning."""
    local = moment.astimezone(clock_of(team))
    if local.hour == local.minute == 0:
        return _day(local, now)
    return _time(moment, team, now)


def _time(moment: datetime, team: AccountTeam, now: datetime) -> str:
    """``14:00``, on another day ``14:00 on 1 December``, on the team's clock."""
    local = moment.astimezone(clock_of(team))
    same_day = local.date() == now.astimezone(clock_of(team)).date()
    return f"{local:%H:%M}" if same_day else f"{local:%H:%M} on {_day(local, now)}"


def _day(local: datetime, now: datetime) -> str:
    far = abs(local - now) > SAME_YEAR
    return f"{local.day} {local:%B %Y}" if far else f"{local.day} {local:%B}"


def clock_of(team: AccountTeam) -> tzinfo:
    """On which dates are said: the team's own, where it is known, else one its people work by."""
    if team.timezone is not None:
        return zone(team.timezone)
    hours = (member.working_hours for member in (*team.members.values(), *team.others))
    return next((zone(one.timezone) for one in hours if one is not None), UTC)
