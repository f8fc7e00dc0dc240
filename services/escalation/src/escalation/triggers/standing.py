"""How the incident, or the client's own chain, stands."""

from __future__ import annotations

from tocsin_contracts.policies import ChainKind

from escalation.triggers.facts import Facts, Running
from escalation.triggers.phrases import listed
from escalation.triggers.rule import NEVER, Occurrence, Rule, lasting


def _unacknowledged(_true: bool, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    return NEVER if facts.acknowledged else lasting("unacknowledged", running.started_at, running)


def _unresolved(_true: bool, running: Running, _facts: Facts) -> tuple[Occurrence, ...]:
    return lasting("unresolved", running.started_at, running)


def _reopened(_true: bool, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    at = facts.reopened_at
    return NEVER if at is None else lasting("reopened", at, running)


def _unconfirmed(_true: bool, running: Running, _facts: Facts) -> tuple[Occurrence, ...]:
    if running.kind is not ChainKind.CLIENT or running.confirmed is not None:
        return NEVER
    return lasting("unconfirmed", running.started_at, running)


RULES = {
    "unacknowledged": Rule(
        _unacknowledged, lambda _: "not acknowledged", lambda _: "It is acknowledged."
    ),
    "unresolved": Rule(_unresolved, lambda _: "", lambda _: "It is resolved."),
    "reopened": Rule(_reopened, lambda _: "it is back after it was resolved", lambda _: ""),
    "unconfirmed": Rule(
        _unconfirmed,
        lambda told: f"nobody at {listed(told.clients)} has confirmed",
        lambda _: "It is confirmed.",
    ),
}
