"""What one of our own events says of a chain, read back from the log. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from tocsin_contracts import events as e

from escalation.policies import answers, confirming, operating
from escalation.policies.rules import resume
from escalation.policies.state import Call, CallOutcome, Chain, Confirm, Forced, Pause


def is_of_another_round(chain: Chain, data: e.EscalationEvent) -> bool:
    """Only the present round is restored. On which policy it runs was said at its first."""
    return data.at < chain.started_at and not isinstance(data, e.EscalationArmed)


def state_after(chain: Chain, data: e.EscalationEvent) -> Chain:
    restore = RESTORE.get(type(data))
    return chain if restore is None else restore(chain, data)


def calls_made(chain: Chain, data: e.EscalationEvent) -> list[Call]:
    """The calls of ``chain`` that the event tells of: several where it is about several things."""
    match data:
        case e.StepFired():
            called = Call(0, 0, "", data.due_at, data.at, CallOutcome.CALLED, data.notify)
            called = replace(called, channels=data.channels)
            return [_told(called, one) for one in data.calls.get(chain.client_key, ())]
        case e.StepSkipped():
            skipped = Call(0, 0, "", data.at, data.at, CallOutcome(data.outcome))
            return [_told(skipped, one) for one in data.calls.get(chain.client_key, ())]
    return []


def _told(call: Call, one: e.MadeCall) -> Call:
    return replace(
        call,
        step=one.step,
        number=one.call,
        occurrence=one.occurrence,
        due_at=one.due_at,
        turns=one.turns,
    )


def _armed(chain: Chain, data: e.EscalationArmed) -> Chain:
    """What runs keeps the version it began with, which the directory may have lost since."""
    if data.policy is None:
        return chain
    return replace(chain, policy=data.policy, policy_revision=data.policy_revision)


def _fired(chain: Chain, data: e.StepFired) -> Chain:
    return chain if data.by is None else replace(chain, forced=None)


def _taken(chain: Chain, data: e.EscalationTaken) -> Chain:
    taken = answers.take(chain, data.person, data.person_name, data.at)
    return _until(taken, data.expires_at)


def _handed_over(chain: Chain, data: e.EscalationHandedOver) -> Chain:
    handed = answers.hand_over(chain, data.person, data.person_name, data.to, data.at)
    return _until(handed, data.expires_at)


def _until(chain: Chain, expires_at: datetime) -> Chain:
    """Somebody may have asked for more time, or less, than the policy gives."""
    take = chain.take
    return chain if take is None else replace(chain, take=replace(take, expires_at=expires_at))


def _declined(chain: Chain, data: e.EscalationDeclined) -> Chain:
    """Whoever had it and passes it on has it no more."""
    declined = {**chain.declined, data.person: data.person_name}
    after = replace(chain, declined=declined)
    if chain.take is None or answers.held_by_another(chain, data.person):
        return after
    return replace(after, take=None, released_at=data.at)


def _expired(chain: Chain, data: e.TakeExpired) -> Chain:
    return replace(chain, take=None, released_at=data.at)


def _exhausted(chain: Chain, data: e.EscalationExhausted) -> Chain:
    return replace(chain, exhausted_at=data.at)


def _paused(chain: Chain, data: e.EscalationPaused) -> Chain:
    return operating.pause(chain, Pause(data.by, data.reason, data.at, data.until))


def _resumed(chain: Chain, data: e.EscalationResumed) -> Chain:
    """A pause that ended by itself ended at its own moment, however late that was seen."""
    until = chain.paused.until if chain.paused else None
    return resume(chain, data.at if until is None else min(data.at, until))


def _escalated(chain: Chain, data: e.EscalationEscalated) -> Chain:
    forced = Forced(data.step, data.by, data.reason, data.at)
    return operating.let_on(replace(chain, forced=forced), data.at)


def _de_escalated(chain: Chain, data: e.EscalationDeEscalated) -> Chain:
    return replace(chain, held_from=data.step, forced=None)


def _confirmed(chain: Chain, data: e.EscalationConfirmed) -> Chain:
    return confirming.confirm(chain, Confirm(data.person, data.person_name, data.at))


RESTORE: dict[type[e.EscalationEvent], Callable[[Chain, Any], Chain]] = {
    e.EscalationArmed: _armed,
    e.StepFired: _fired,
    e.EscalationTaken: _taken,
    e.EscalationHandedOver: _handed_over,
    e.EscalationDeclined: _declined,
    e.TakeExpired: _expired,
    e.EscalationExhausted: _exhausted,
    e.EscalationPaused: _paused,
    e.EscalationResumed: _resumed,
    e.EscalationEscalated: _escalated,
    e.EscalationDeEscalated: _de_escalated,
    e.EscalationConfirmed: _confirmed,
}
