"""What was said in a play, as the lines of a timeline. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from tocsin_contracts.events import EscalationExhausted, StepCancelled, StepFired, StepSkipped
from tocsin_contracts.simulation import SimulatedLine

from escalation.cases.case import Case
from escalation.policies.messages import step_trigger
from escalation.simulation.playing import Told


def timeline(told: Iterable[Told]) -> list[SimulatedLine]:
    """One line for each person who is called, and each step that calls nobody; by time."""
    lines = [line for one in told for line in _lines(one)]
    return sorted(lines, key=lambda line: line.at)


def _lines(told: Told) -> Iterator[SimulatedLine]:
    match told.event:
        case StepFired() as event:
            yield from _called(event)
        case StepSkipped() as event:
            yield _skipped(event, told.case)
        case StepCancelled() as event:
            yield from _cancelled(event, told.case)
        case EscalationExhausted() as event:
            yield _exhausted(event, told.case)


def _called(event: StepFired) -> Iterator[SimulatedLine]:
    because = "; ".join([event.reason, *event.unavailable])
    for person in event.notify:
        yield SimulatedLine(
            at=event.at,
            what="called",
            chain=event.chain,
            policy=event.policy_key,
            step=event.step,
            call=event.call,
            trigger=event.trigger,
            client_keys=event.client_keys,
            person=person.person,
            who=person.name,
            role=person.role,
            channels=event.channels,
            because=because,
        )


def _skipped(event: StepSkipped, case: Case) -> SimulatedLine:
    return SimulatedLine(
        at=event.at,
        what="skipped",
        chain=event.chain,
        policy=event.policy_key,
        step=event.step,
        call=event.call,
        trigger=event.trigger or _trigger(case, event, event.step),
        client_keys=event.client_keys,
        because=event.reason,
    )


def _cancelled(event: StepCancelled, case: Case) -> Iterator[SimulatedLine]:
    for step in event.steps:
        yield SimulatedLine(
            at=event.at,
            what="cancelled",
            chain=event.chain,
            policy=event.policy_key,
            step=step,
            trigger=_trigger(case, event, step),
            client_keys=event.client_keys,
            because=event.reason,
        )


def _exhausted(event: EscalationExhausted, case: Case) -> SimulatedLine:
    return SimulatedLine(
        at=event.at,
        what="exhausted",
        chain=event.chain,
        policy=case.chains[event.client_keys[0], event.chain].policy.key,
        client_keys=event.client_keys,
        because=_nobody_left(list(dict.fromkeys(one.name for one in event.tried))),
    )


def _nobody_left(names: Sequence[str]) -> str:
    if not names:
        return "Nobody could be called."
    first = ", ".join(names[:-1])
    return f"Nobody took it: {f'{first} and {names[-1]}' if first else names[0]} did not answer."


def _trigger(case: Case, event: StepSkipped | StepCancelled, step: int) -> str | None:
    chain = case.chains.get((event.client_keys[0], event.chain))
    steps = chain.policy.steps if chain else ()
    return step_trigger(steps[step]) if step < len(steps) else None
