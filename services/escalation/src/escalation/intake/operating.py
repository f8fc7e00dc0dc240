"""An operator holds an escalation, lets it go on, brings it forward or takes it back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from tocsin_contracts.events import (
    EscalationDeEscalated,
    EscalationEscalated,
    EscalationPaused,
    EscalationResumed,
    IncidentStepAnswered,
    ReplyStepAnswered,
)
from tocsin_contracts.words import Verb

from escalation.cases.case import Case
from escalation.intake.naming import keys, name_of
from escalation.policies import operating
from escalation.policies.messages import grouped
from escalation.policies.operating import SteppedBack
from escalation.policies.rules import resume
from escalation.policies.state import Chain, Pause

LINK = "link"
"""How an answer by somebody's signed link is marked: those never operate."""


def operated(case: Case, data: IncidentStepAnswered) -> str | None:
    """Why it was ignored; ``None``: it counts."""
    if isinstance(data, ReplyStepAnswered) or data.by == LINK:
        return "only an operator can do that"
    if not case.facts.is_open:
        return "the incident is over"
    chains = _meant(case, data)
    if not chains:
        return "no such escalation runs"
    if data.verb is not Verb.RESUME and not data.reason:
        return "no reason was given"
    return OPERATIONS[data.verb](case, data, chains)


def _meant(case: Case, data: IncidentStepAnswered) -> list[Chain]:
    """A pause holds everything of a client; a step is one chain's."""
    both = data.verb in (Verb.PAUSE, Verb.RESUME)
    return [
        chain
        for chain in case.active
        if (not data.client_keys or chain.client_key in data.client_keys)
        and (both or chain.kind is data.chain)
    ]


def _pause(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    at = _at(case, data)
    until = None if data.minutes is None else at + timedelta(minutes=data.minutes)
    by, reason = name_of(case, chains[0], data.person), data.reason or ""
    case.put(operating.pause(chain, Pause(by, reason, at, until)) for chain in chains)
    case.tell(
        EscalationPaused(
            incident=case.incident.snapshot,
            chain=group[0].kind,
            client_keys=keys(group),
            at=case.now,
            by=by,
            reason=reason,
            until=until,
        )
        for group in grouped(chains, lambda chain: chain.kind)
    )
    return None


def _resume(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    paused = [chain for chain in chains if chain.paused is not None]
    if not paused:
        return "it is not paused"
    case.put(resume(chain, case.now) for chain in paused)
    case.tell(
        EscalationResumed(
            incident=case.incident.snapshot,
            chain=group[0].kind,
            client_keys=keys(group),
            at=case.now,
            by=name_of(case, group[0], data.person),
            reason=data.reason,
        )
        for group in grouped(paused, lambda chain: chain.kind)
    )
    return None


def _escalate(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    """The call itself goes out in the look that follows at once."""
    facts, reason = case.facts, data.reason or ""
    by = name_of(case, chains[0], data.person)
    tried = [operating.escalate(chain, facts, by, reason, case.now) for chain in chains]
    forced = [(chain, chain.forced) for chain in tried if chain is not None and chain.forced]
    if not forced:
        return "everybody on the list was called"
    case.put(chain for chain, _ in forced)
    case.tell(
        EscalationEscalated(
            incident=case.incident.snapshot,
            chain=data.chain,
            client_keys=keys([chain for chain, _ in group]),
            at=case.now,
            by=by,
            reason=reason,
            step=group[0][1].step,
        )
        for group in grouped(forced, lambda one: one[1].step)
    )
    return None


def _de_escalate(case: Case, data: IncidentStepAnswered, chains: list[Chain]) -> str | None:
    facts, by = case.facts, name_of(case, chains[0], data.person)
    tried = [operating.de_escalate(chain, facts) for chain in chains]
    back = [one for one in tried if one is not None]
    if not back:
        return "there is nothing to take back"
    case.put(one.chain for one in back)
    case.tell(
        _taken_back(case, group, by, data.reason or "")
        for group in grouped(back, lambda one: (one.step, one.told))
    )
    return None


def _taken_back(
    case: Case, group: list[SteppedBack], by: str, reason: str
) -> EscalationDeEscalated:
    return EscalationDeEscalated(
        incident=case.incident.snapshot,
        chain=group[0].chain.kind,
        client_keys=keys([one.chain for one in group]),
        at=case.now,
        by=by,
        reason=reason,
        step=group[0].step,
        told=group[0].told,
    )


def _at(case: Case, data: IncidentStepAnswered) -> datetime:
    return min(data.answered_at, case.now)


Operation = Callable[[Case, IncidentStepAnswered, list[Chain]], str | None]
OPERATIONS: dict[Verb, Operation] = {
    Verb.PAUSE: _pause,
    Verb.RESUME: _resume,
    Verb.ESCALATE: _escalate,
    Verb.DE_ESCALATE: _de_escalate,
}
