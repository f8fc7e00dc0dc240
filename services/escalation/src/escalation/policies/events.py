"""The events that a look at an incident's chains makes. Pure: snapshot and names are given."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

from tocsin_contracts.events import (
    EscalationArmed,
    EscalationEvent,
    EscalationExhausted,
    EscalationResumed,
    StepCancelled,
    StepSkipped,
    TakeExpired,
    TriedCall,
)
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Kind

from escalation.policies.calls import fired_events
from escalation.policies.cancelling import Cancelled
from escalation.policies.messages import by_client, grouped, made_call, trigger_name
from escalation.policies.outlook import next_call
from escalation.policies.scene import Scene
from escalation.policies.state import CallOutcome, Chain, Skipped, Turn

OUTCOMES: dict[CallOutcome, Literal["skipped", "outside_hours", "stale"]] = {
    CallOutcome.SKIPPED: "skipped",
    CallOutcome.OUTSIDE_HOURS: "outside_hours",
    CallOutcome.STALE: "stale",
}


def decided(scene: Scene, turns: Sequence[Turn]) -> list[EscalationEvent]:
    """The events of one look at all chains, in the order in which they are told."""
    after = {turn.chain.key: turn.chain for turn in turns}
    fired = [one for turn in turns for one in turn.fired]
    skipped = [one for turn in turns for one in turn.skipped]
    return [
        *_resumed(scene, [turn.chain for turn in turns if turn.resumed]),
        *_expired(scene, turns),
        *_skipped(scene, skipped),
        *fired_events(scene, fired, after),
        *_exhausted(scene, [turn.chain for turn in turns if turn.exhausted]),
    ]


def cancelled_events(scene: Scene, gone: Sequence[Cancelled]) -> Iterator[StepCancelled]:
    for group in grouped(
        gone, lambda one: (one.chain.kind, one.chain.policy.key, one.steps, one.reason)
    ):
        first = group[0]
        yield StepCancelled(
            incident=scene.snapshot,
            chain=first.chain.kind,
            client_keys=_keys(one.chain for one in group),
            at=scene.now,
            policy_key=first.chain.policy.key,
            steps=first.steps,
            reason=first.reason,
        )


def armed(scene: Scene, chains: Sequence[Chain]) -> Iterator[EscalationArmed]:
    outlooks = [(chain, next_call(chain, scene.facts, scene.people)) for chain in chains]
    for group in grouped(outlooks, lambda pair: (*_policy(pair[0]), pair[1])):
        first, following = group[0]
        yield EscalationArmed(
            incident=scene.snapshot,
            chain=first.kind,
            client_keys=_keys(chain for chain, _ in group),
            at=scene.now,
            policy_key=first.policy.key,
            policy_revision=first.policy_revision,
            policy=first.policy,
            next=following,
        )


def _policy(chain: Chain) -> tuple[ChainKind, str, int | None]:
    return chain.kind, chain.policy.key, chain.policy_revision


def _skipped(scene: Scene, skipped: Sequence[Skipped]) -> Iterator[StepSkipped]:
    for group in grouped(
        skipped, lambda s: (s.chain.kind, s.chain.policy.key, s.call.step, s.call.number, s.reason)
    ):
        chain, call = group[0].chain, group[0].call
        yield StepSkipped(
            incident=scene.snapshot,
            chain=chain.kind,
            client_keys=_keys(one.chain for one in group),
            at=scene.now,
            policy_key=chain.policy.key,
            step=call.step,
            call=call.number,
            trigger=trigger_name(chain, call),
            reason=group[0].reason,
            outcome=OUTCOMES[call.outcome],
            calls=by_client((one.chain.client_key, made_call(one.call)) for one in group),
        )


def _resumed(scene: Scene, chains: Sequence[Chain]) -> Iterator[EscalationResumed]:
    for group in grouped(chains, lambda chain: chain.kind):
        yield EscalationResumed(
            incident=scene.snapshot,
            chain=group[0].kind,
            client_keys=_keys(group),
            at=scene.now,
        )


def _expired(scene: Scene, turns: Sequence[Turn]) -> Iterator[TakeExpired]:
    ended = [(turn.expired, turn.chain) for turn in turns if turn.expired is not None]
    for group in grouped(ended, lambda pair: (pair[0].person, pair[1].kind)):
        yield TakeExpired(
            incident=scene.snapshot,
            chain=group[0][1].kind,
            client_keys=_keys(chain for _, chain in group),
            at=scene.now,
            person=group[0][0].person,
            person_name=group[0][0].name,
        )


def _exhausted(scene: Scene, chains: Sequence[Chain]) -> Iterator[EscalationExhausted]:
    for group in grouped(chains, lambda chain: (chain.kind, _tried(chain))):
        yield EscalationExhausted(
            incident=scene.snapshot,
            chain=group[0].kind,
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


def _keys(chains: Iterable[Chain]) -> tuple[str, ...]:
    return tuple(sorted(chain.client_key for chain in chains))
