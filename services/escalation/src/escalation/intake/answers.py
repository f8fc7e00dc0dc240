"""A person's answer to a call: take, pass on, hand over."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

import structlog
from tocsin_contracts.events import (
    Called,
    EscalationDeclined,
    EscalationEvent,
    EscalationHandedOver,
    EscalationTaken,
    IncidentStepAnswered,
)
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Kind, Verb

from escalation import metrics
from escalation.cases.case import Case
from escalation.intake.naming import keys, name_of
from escalation.intake.operating import OPERATIONS, operated
from escalation.policies import answers
from escalation.policies.messages import grouped
from escalation.policies.state import Chain, Take

log = structlog.get_logger()


def step_answered(case: Case, data: IncidentStepAnswered) -> None:
    """Decide the answer for each client it names; one that does not count changes nothing."""
    ignored = operated(case, data) if data.verb in OPERATIONS else _answered(case, data)
    if ignored is not None:
        log.info(
            "answer ignored",
            incident=data.incident_id,
            person=data.person,
            verb=data.verb.value,
            reason=ignored,
        )
    metrics.ANSWERS.labels(data.verb.value, "counted" if ignored is None else "ignored").inc()


def _answered(case: Case, data: IncidentStepAnswered) -> str | None:
    chains = _answerable(case, data)
    return ANSWERS[data.verb](case, data, chains) if chains else _why_not(case, data)


def _answerable(case: Case, data: IncidentStepAnswered) -> list[Chain]:
    """What a client's own people were called for is never ours to take."""
    return [
        chain
        for chain in case.active
        if chain.kind is ChainKind.ACCOUNT
        and (not data.client_keys or chain.client_key in data.client_keys)
        and _may_answer(case, chain, data)
    ]


def _may_answer(case: Case, chain: Chain, data: IncidentStepAnswered) -> bool:
    """An operator may answer in their own name; incident-api has checked that they may operate."""
    if data.verb is Verb.HAND_OVER and answers.held_by_another(chain, data.person):
        return False
    team = case.roster.team(chain.client_key)
    return data.person == data.by or answers.may_answer(chain, data.person, team)


def _why_not(case: Case, data: IncidentStepAnswered) -> str:
    if not case.facts.is_open:
        incident = case.incident.snapshot
        standing = f"part of {incident.parent_id}" if incident.parent_id else incident.status.value
        return f"the incident is {standing}"
    if data.verb is Verb.HAND_OVER and any(
        answers.held_by_another(chain, data.person) for chain in case.active
    ):
        return "somebody else has it"
    return "this person was neither called nor belongs to the account team"


def _take(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    at = min(data.answered_at, case.now)
    taken = [(_taken_by(case, chain, data, at), chain) for chain in chains]
    case.put(after for after, _ in taken)
    told = [(after, answers.told_of_take(before, data.person)) for after, before in taken]
    for group in grouped(told, lambda pair: (pair[0].take, pair[1])):
        take, people = group[0][0].take, group[0][1]
        if take is not None:
            case.tell([taken_event(case, [chain for chain, _ in group], take, people)])
    return None


def _taken_by(case: Case, chain: Chain, data: IncidentStepAnswered, at: datetime) -> Chain:
    name = name_of(case, chain, data.person)
    return answers.take(chain, data.person, name, at, data.minutes)


def taken_event(
    case: Case, chains: list[Chain], take: Take, told: tuple[Called, ...]
) -> EscalationTaken:
    return EscalationTaken(
        incident=case.incident.snapshot,
        client_keys=keys(chains),
        at=case.now,
        kind=Kind.ESCALATION_TAKEN if told else None,
        person=take.person,
        person_name=take.name,
        expires_at=take.expires_at,
        told=told,
    )


def _decline(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    name = name_of(case, chains[0], data.person)
    facts = case.facts
    tried = [
        (chain, answers.decline(chain, facts, data.person, name, case.now)) for chain in chains
    ]
    chains = [after for before, after in tried if after != before]
    if not chains:
        return "they have passed it on already"
    case.put(chains)
    case.tell(
        [
            EscalationDeclined(
                incident=case.incident.snapshot,
                client_keys=keys(chains),
                at=case.now,
                person=data.person,
                person_name=name,
                reason=data.reason,
            )
        ]
    )
    return None


def _hand_over(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    """To a colleague of each client's own team; a client whose team lacks them is left as is."""
    possible = [(chain, case.roster.team(chain.client_key).get(data.to or "")) for chain in chains]
    handed: list[tuple[Chain, Take, Called]] = []
    for chain, to in possible:
        if to is None or to.person == data.person:
            continue
        name = name_of(case, chain, data.person)
        at = min(data.answered_at, case.now)
        after = answers.hand_over(chain, data.person, name, to, at, data.minutes)
        case.put([after])
        if after.take is not None:
            handed.append((after, after.take, to))
    for group in grouped(handed, lambda one: (one[1], one[2])):
        case.tell([_handed_over(case, group, data.reason)])
    return None if handed else "there is no such colleague in the account team"


def _handed_over(
    case: Case, group: list[tuple[Chain, Take, Called]], reason: str | None
) -> EscalationEvent:
    """One word to each of the two, of every client that passes at once."""
    _, take, to = group[0]
    return EscalationHandedOver(
        incident=case.incident.snapshot,
        client_keys=keys([chain for chain, _, _ in group]),
        at=case.now,
        kind=Kind.ESCALATION_HANDED_OVER,
        person=take.person,
        person_name=take.name,
        to=to,
        reason=reason,
        expires_at=take.expires_at,
    )


Answer = Callable[[Case, IncidentStepAnswered, list[Chain]], str | None]
ANSWERS: dict[Verb, Answer] = {
    Verb.TAKE: _take,
    Verb.DECLINE: _decline,
    Verb.HAND_OVER: _hand_over,
}
