"""Every gap as a finding: what is wrong in a sentence, and the way out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.policies import ON_DUTY, ChainKind, EscalationPolicy, PolicyStep
from tocsin_contracts.simulation import LintFinding
from tocsin_contracts.staff import AccountTeam

from escalation.linting import words
from escalation.linting.circles import circles
from escalation.linting.gaps import Asked, Gap, gaps
from escalation.linting.never import limited, why_never
from escalation.linting.whole import Whole
from escalation.people.availability import people_of
from escalation.people.directory import DEFAULT_POLICY

MOST_SPANS = 10


@dataclass(frozen=True)
class Window:
    since: datetime
    until: datetime

    @property
    def days(self) -> int:
        return max(1, round((self.until - self.since) / timedelta(days=1)))


def findings(whole: Whole, window: Window) -> list[LintFinding]:
    """In the order of policies, then teams, then clients."""
    known: dict[str, list[Gap]] = {}
    return [
        *(f for key in sorted(whole.policies) for f in _policy(whole, key, window, known)),
        *(f for key in sorted(whole.teams) for f in _team(whole.teams[key], window)),
        *_clients(whole),
    ]


def _policy(
    whole: Whole, key: str, window: Window, known: dict[str, list[Gap]]
) -> Iterator[LintFinding]:
    policy = whole.policies[key]
    if not policy.steps:
        yield LintFinding(problem="policy-without-steps", detail=words.no_steps(key), policy=key)
    elif whole.users.get(key):
        for place, step in enumerate(policy.steps):
            yield from _step(whole, policy, place, step, window, known)
    elif key != DEFAULT_POLICY:
        yield LintFinding(problem="policy-unused", detail=words.unused(policy), policy=key)


def _step(
    whole: Whole,
    policy: EscalationPolicy,
    place: int,
    step: PolicyStep,
    window: Window,
    known: dict[str, list[Gap]],
) -> Iterator[LintFinding]:
    reason = why_never(policy, step, whole)
    if reason is not None:
        detail = words.never(place, policy, reason)
        yield LintFinding(problem="step-never-fires", detail=detail, policy=policy.key, step=place)
    elif policy.chain is ChainKind.CLIENT:
        yield from _contacts(whole, policy, place, step)
    else:
        asked = Asked(step.notify, step.at_any_hour, step.hours)
        for team in whole.teams_of(limited(step, whole.users[policy.key])):
            yield from _there(policy, place, asked, team, window, known)


def _contacts(
    whole: Whole, policy: EscalationPolicy, place: int, step: PolicyStep
) -> Iterator[LintFinding]:
    for client in limited(step, whole.users[policy.key]):
        held = {role for contact in client.contacts for role in contact.roles}
        if not held & set(step.notify):
            yield LintFinding(
                problem="role-not-held",
                detail=words.no_contact(place, policy, step, client),
                policy=policy.key,
                step=place,
                client=client.key,
            )


def _there(
    policy: EscalationPolicy,
    place: int,
    asked: Asked,
    team: AccountTeam,
    window: Window,
    known: dict[str, list[Gap]],
) -> Iterator[LintFinding]:
    about = {"policy": policy.key, "step": place, "team": team.key}
    if not any(_held(role, team) for role in asked.roles):
        detail = words.no_member(place, policy, asked.roles, team)
        yield LintFinding(problem="role-not-held", detail=detail, **about)
        return
    same = f"{team.key} {asked}"
    if same not in known:
        known[same] = gaps(team, asked, window.since, window.until)
    found = known[same]
    if found:
        yield LintFinding(
            problem="nobody-available",
            detail=words.nobody(place, policy, team, found, window.days),
            spans=tuple((gap.begins, gap.ends) for gap in found[:MOST_SPANS]),
            **about,
        )


def _held(role: str, team: AccountTeam) -> bool:
    return team.duty is not None if role == ON_DUTY else role in team.members


def _team(team: AccountTeam, window: Window) -> Iterator[LintFinding]:
    names = {key: member.name for key, member in people_of(team).items()}
    for keys in circles(team, window.since, window.until):
        detail = words.circle(team, [names.get(key, key) for key in keys])
        yield LintFinding(problem="stand-in-circle", detail=detail, team=team.key)
    if team.duty is not None and team.duty.stale_since is not None:
        detail = words.stale(team, team.duty.stale_since)
        yield LintFinding(problem="duty-stale", detail=detail, team=team.key)


def _clients(whole: Whole) -> Iterator[LintFinding]:
    for client in whole.clients.values():
        if client.account_team is None or client.account_team not in whole.teams:
            detail = words.no_team(client)
            yield LintFinding(problem="client-without-team", detail=detail, client=client.key)
