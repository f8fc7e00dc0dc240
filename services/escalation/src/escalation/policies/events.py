"""The events that a look at an incident's chains makes. Pure: snapshot and names are given."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tocsin_contracts.events import (
    EscalationArmed,
    EscalationEvent,
    EscalationExhausted,
    NextCall,
    StepFired,
    StepSkipped,
    TakeExpired,
    TriedCall,
)
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.words import Kind

from escalation.people.finding import Holders
from escalation.policies import words
from escalation.policies.messages import Message, gather, grouped
from escalation.policies.outlook import next_call
from escalation.policies.state import (
    CallOutcome,
    Chain,
    Concern,
    Facts,
    Fired,
    Skipped,
    Turn,
)
from escalation.policies.timing import LATE_AFTER


class People(Holders, Protocol):
    """Who holds which role, and what clients are called."""

    def names(self, client_keys: Sequence[str]) -> list[str]: ...


@dataclass(frozen=True)
class Scene:
    """What every event of one look has in common."""

    snapshot: IncidentSnapshot
    facts: Facts
    people: People
    now: datetime


def decided(scene: Scene, turns: Sequence[Turn]) -> list[EscalationEvent]:
    """The events of one look at all chains, in the order in which they are told."""
    after = {turn.chain.client_key: turn.chain for turn in turns}
    fired = [one for turn in turns for one in turn.fired]
    skipped = [one for turn in turns for one in turn.skipped]
    return [
        *_expired(scene, turns),
        *_skipped(scene, skipped),
        *_fired(scene, fired, after),
        *_exhausted(scene, [turn.chain for turn in turns if turn.exhausted]),
    ]


def armed(scene: Scene, chains: Sequence[Chain]) -> Iterator[EscalationArmed]:
    outlooks = [(chain, next_call(chain, scene.facts, scene.people)) for chain in chains]
    for group in grouped(outlooks, lambda pair: (pair[0].policy.key, pair[1])):
        yield EscalationArmed(
            incident=scene.snapshot,
            client_keys=_keys(chain for chain, _ in group),
            at=scene.now,
            policy_key=group[0][0].policy.key,
            next=group[0][1],
        )


def _fired(scene: Scene, fired: Sequence[Fired], after: Mapping[str, Chain]) -> Iterator[StepFired]:
    for message in gather(fired):
        late = scene.now - message.due_at
        concerns = _concerns(scene, message)
        called = {person.person for person in message.people}
        outlooks = {
            key: next_call(after[key], scene.facts, scene.people, besides=called)
            for key in message.client_keys
        }
        nexts = [one for one in outlooks.values() if one is not None]
        yield StepFired(
            incident=scene.snapshot,
            client_keys=message.client_keys,
            at=scene.now,
            kind=Kind.ESCALATION,
            policy_key=message.policy_key,
            step=message.call.step,
            call=message.call.number,
            trigger=message.trigger,
            reason=_reason(scene, message),
            notify=message.people,
            channels=message.channels,
            next=min(nexts, key=lambda n: n.at, default=None),
            next_by_client=_where_it_differs(outlooks),
            due_at=message.due_at,
            late_by_seconds=int(late.total_seconds()) if late > LATE_AFTER else None,
            watched=dict(message.watched),
            about=_names(concerns),
            about_since=min((one.since for one in concerns), default=None),
        )


def _where_it_differs(outlooks: Mapping[str, NextCall | None]) -> dict[str, NextCall]:
    """Who is called next for each client; nothing where one answer holds for all."""
    if len(set(outlooks.values())) <= 1:
        return {}
    return {key: one for key, one in outlooks.items() if one is not None}


def _reason(scene: Scene, message: Message) -> str:
    concerns = _concerns(scene, message)
    return words.reason(
        message.trigger,
        scene.facts.severity,
        open_for=scene.now - scene.facts.known_at,
        clients=scene.people.names(message.client_keys),
        late_by=scene.now - _since(scene, message, concerns),
        passed_on_by=message.passed_on_by,
        about=_names(concerns),
    )


def _names(concerns: Sequence[Concern]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(one.about for one in concerns))


def _since(scene: Scene, message: Message, concerns: Sequence[Concern]) -> datetime:
    """When the word or the answer was due."""
    if concerns or message.watched:
        return min((one.since for one in concerns), default=scene.now)
    promised = message.call.occurrence
    return datetime.fromisoformat(promised) if promised else scene.now


def _concerns(scene: Scene, message: Message) -> list[Concern]:
    """The questions, or the people, that the message is about."""
    facts = scene.facts
    return [
        one
        for key, ids in message.watched.items()
        for one in (*facts.questions.get(key, ()), *facts.unreachable.get(key, ()))
        if one.id in ids
    ]


def _skipped(scene: Scene, skipped: Sequence[Skipped]) -> Iterator[StepSkipped]:
    for group in grouped(
        skipped, lambda s: (s.chain.policy.key, s.call.step, s.call.number, s.reason)
    ):
        yield StepSkipped(
            incident=scene.snapshot,
            client_keys=_keys(one.chain for one in group),
            at=scene.now,
            policy_key=group[0].chain.policy.key,
            step=group[0].call.step,
            call=group[0].call.number,
            reason=group[0].reason,
        )


def _expired(scene: Scene, turns: Sequence[Turn]) -> Iterator[TakeExpired]:
    ended = [(turn.expired, turn.chain) for turn in turns if turn.expired is not None]
    for group in grouped(ended, lambda pair: pair[0].person):
        yield TakeExpired(
            incident=scene.snapshot,
            client_keys=_keys(chain for _, chain in group),
            at=scene.now,
            person=group[0][0].person,
            person_name=group[0][0].name,
        )


def _exhausted(scene: Scene, chains: Sequence[Chain]) -> Iterator[EscalationExhausted]:
    for group in grouped(chains, _tried):
        yield EscalationExhausted(
            incident=scene.snapshot,
            client_keys=_keys(group),
            at=scene.now,
            kind=Kind.ESCALATION_EXHAUSTED,
            tried=_tried(group[0]),
        )


def _tried(chain: Chain) -> tuple[TriedCall, ...]:
    return tuple(
        TriedCall(name=person.name, channels=call.channels, at=call.at)
        for call in chain.calls
        if call.outcome is CallOutcome.CALLED
        for person in call.people
    )


def _keys(chains: Iterator[Chain] | Sequence[Chain]) -> tuple[str, ...]:
    return tuple(sorted(chain.client_key for chain in chains))
