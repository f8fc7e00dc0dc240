"""What lint says, each a sentence or two: what is wrong, then the way out. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from tocsin_contracts.directory import Client
from tocsin_contracts.policies import ChainKind, EscalationPolicy, PolicyStep
from tocsin_contracts.staff import AccountTeam

from escalation.linting.gaps import Gap
from escalation.people.clauses import clock_of

HOUR = timedelta(hours=1)


def no_steps(key: str) -> str:
    return f"Policy '{key}' has no steps and brings in nobody. Give it one, or remove it."


def unused(policy: EscalationPolicy) -> str:
    field = "confirmation_policy" if policy.chain is ChainKind.CLIENT else "escalation_policy"
    return (
        f"No client is escalated by policy '{policy.key}'. "
        f"Name it as the {field} of a plan that clients have, or remove it."
    )


def never(place: int, policy: EscalationPolicy, reason: str) -> str:
    return f"{_step(place, policy)} never calls anybody: {reason}. Correct it, or remove it."


def no_contact(place: int, policy: EscalationPolicy, step: PolicyStep, client: Client) -> str:
    return (
        f"{_step(place, policy)} finds nobody at {client.short_name}: no contact there is "
        f"{_either(step.notify)}. Give one of them that role, or name another role."
    )


def no_member(place: int, policy: EscalationPolicy, roles: Sequence[str], team: AccountTeam) -> str:
    return (
        f"{_step(place, policy)} finds nobody at team '{team.key}', which has no "
        f"{_either(roles)}. Name one, or another role in the step."
    )


def nobody(
    place: int, policy: EscalationPolicy, team: AccountTeam, gaps: Sequence[Gap], days: int
) -> str:
    hours = sum((gap.ends - gap.begins for gap in gaps), timedelta(0)) / HOUR
    return (
        f"{_step(place, policy)} finds nobody at team '{team.key}' for {_hours(hours)} of "
        f"{days} days, first from {_when(gaps[0].begins, team)} to {_when(gaps[0].ends, team)}: "
        f"{gaps[0].reason}. Put somebody on duty then, name a stand-in, "
        "or let the step call at any hour."
    )


def circle(team: AccountTeam, names: Sequence[str]) -> str:
    """``names`` in the order in which each has the next as their stand-in."""
    if len(names) == 1:
        who = f"{names[0]} stands in for themselves"
    else:
        who = f"{', '.join(names[:-1])} and {names[-1]} stand in for one another"
    return (
        f"In team '{team.key}' {who} while away, so nobody is called. "
        "Name somebody as stand-in who is there."
    )


def stale(team: AccountTeam, since: datetime) -> str:
    return (
        f"The duty calendar of team '{team.key}' was last read at {_when(since, team)}. "
        "Look whether its address still answers."
    )


def no_team(client: Client) -> str:
    return (
        f"{client.name} has no account team, so nobody of ours is brought in for it. "
        "Give the client one."
    )


def _step(place: int, policy: EscalationPolicy) -> str:
    return f"Step {place + 1} of policy '{policy.key}'"


def _either(roles: Sequence[str]) -> str:
    *most, last = [role.replace("_", " ") for role in roles]
    return f"{', '.join(most)} or {last}" if most else last


def _hours(hours: float) -> str:
    if hours < 1:
        return f"{max(1, round(hours * 60))} minutes"
    return "1 hour" if round(hours) == 1 else f"{round(hours)} hours"


def _when(moment: datetime, team: AccountTeam) -> str:
    local = moment.astimezone(clock_of(team))
    return f"{local:%H:%M} on {local.day} {local:%B}"
