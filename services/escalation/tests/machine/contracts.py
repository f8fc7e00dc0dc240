"""A scenario of the model as the documents that the service reads."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from escalation.people.directory import Directory, Policy
from escalation.people.roster import ClientPeople, Roster
from tocsin_contracts.policies import EscalationPolicy, Hours, PolicyStep, Trigger
from tocsin_contracts.staff import Absence, AccountTeam, Duty, DutySpan, StaffMember
from tocsin_contracts.words import Channel, Severity, StaffRole

from services.escalation.tests.machine.chains import Step
from services.escalation.tests.machine.conditions import Condition
from services.escalation.tests.machine.people import Team, Week

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def severity(rank: int) -> Severity:
    return Severity(f"sev{rank}")


def directory(policies: Mapping[str, Sequence[Step]]) -> Directory:
    return Directory(1, {key: Policy(policy(key, steps), 1) for key, steps in policies.items()})


def policy(key: str, steps: Sequence[Step]) -> EscalationPolicy:
    return EscalationPolicy(key=key, steps=tuple(_step(one) for one in steps))


def roster(teams: Mapping[str, Team], start: datetime) -> Roster:
    return Roster(
        {client: ClientPeople(client.upper(), _team(team, start)) for client, team in teams.items()}
    )


def _step(one: Step) -> PolicyStep:
    return PolicyStep(
        trigger=trigger(one.when),
        after_minutes=Decimal(one.after),
        notify=one.roles,
        channels=tuple(Channel(channel) for channel in one.channels),
        in_turn=one.in_turn,
        next_channel_after_minutes=Decimal(one.gap),
        repeat=one.repeat,
        every_minutes=None if one.every is None else Decimal(one.every),
        severities=tuple(severity(rank) for rank in one.ranks),
        clients=one.clients,
        hours=None if one.hours is None else _hours(one.hours),
        outside_hours="wait" if one.waits else "skip",
        at_any_hour=one.any_hour,
    )


def trigger(when: Condition) -> Trigger:
    parts = tuple(trigger(part) for part in when.parts)
    match when.kind:
        case "all":
            return Trigger(all=parts)
        case "any":
            return Trigger(any=parts)
        case "severity_at_least":
            return Trigger(severity_at_least=severity(when.number))
        case "update_overdue":
            return Trigger(update_overdue_minutes=Decimal(when.number))
        case "question_waits":
            return Trigger(question_unanswered_minutes=Decimal(when.number))
        case "clients_affected_at_least":
            return Trigger(clients_affected_at_least=when.number)
        case "client_affected":
            return Trigger(client_affected=when.client)
    return Trigger.model_validate({when.kind: True})


def _hours(week: Week) -> Hours:
    days = {WEEKDAYS[day]: (_clock(opens), _clock(closes)) for day, opens, closes in week.days}
    return Hours.model_validate({"timezone": week.zone, "days": days})


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


def _team(team: Team, start: datetime) -> AccountTeam:
    def at(minute: int) -> datetime:
        return start + timedelta(minutes=minute)

    def member(key: str) -> StaffMember:
        works = team.works.get(key)
        return StaffMember(
            key=key,
            name=key.title(),
            working_hours=None if works is None else _hours(works),
            channels=tuple(Channel(channel) for channel in team.prefers.get(key, ())),
        )

    return AccountTeam(
        key="team",
        members={StaffRole(role): member(key) for role, key in team.roles.items()},
        others=tuple(member(key) for key in team.others if key not in team.roles.values()),
        absences=tuple(
            Absence(
                person=one.person,
                starts_at=at(one.since),
                ends_at=at(one.until),
                stand_in=one.stand_in,
            )
            for one in team.away
        ),
        duty=Duty(
            spans=tuple(
                DutySpan(person=person, starts_at=at(since), ends_at=at(until))
                for person, since, until in team.duty
            ),
            known_until=at(100_000),
        ),
    )
