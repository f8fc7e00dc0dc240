"""What the service said and what the model says, in the same words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product

from tocsin_contracts import events as e

from services.escalation.tests.machine.chains import Chain, Made


@dataclass(frozen=True)
class Heard:
    """A call as both can say it; nobody: it was due and left out."""

    minute: int
    client: str
    step: int
    number: int
    people: tuple[str, ...]


def said(call: Made) -> Heard:
    return Heard(call.minute, call.client, call.step, call.number, tuple(sorted(call.people)))


def standing(chain: Chain) -> dict[str, object]:
    return {
        "state": chain.stands,
        "taken by": chain.taken and chain.taken[0],
        "until": chain.taken and not chain.paused and chain.taken[1],
        "paused": chain.paused,
        "resumes": chain.resumes,
        "held from": chain.held_from,
    }


def cancelled(told: Sequence[e.EscalationEvent]) -> set[tuple[str, int]]:
    """By client the steps that are not called for any more."""
    return {
        one
        for event in told
        if isinstance(event, e.StepCancelled)
        for one in product(event.client_keys, event.steps)
    }


def messages(told: Sequence[e.EscalationEvent]) -> dict[tuple[str, str], set[str]]:
    """On which channels each person is called for each client."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for event in told:
        if isinstance(event, e.StepFired):
            for who, client in product(event.notify, event.client_keys):
                found[who.person, client] |= {channel.value for channel in event.channels}
    return found


def wanted(calls: Sequence[Made]) -> dict[tuple[str, str], set[str]]:
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for call in calls:
        for person, channels in zip(call.people, call.channels, strict=True):
            found[person, call.client] |= set(channels)
    return found
