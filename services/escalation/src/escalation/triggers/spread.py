"""How many clients are concerned, and whether a certain one is."""

from __future__ import annotations

from dataclasses import replace

from escalation.triggers.facts import Facts, Running
from escalation.triggers.phrases import listed
from escalation.triggers.rule import NEVER, Occurrence, Rule, lasting


def _at_least(number: int, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """Since the last of them joined that it takes."""
    joined = sorted(facts.affected_since.values())
    if len(joined) < number:
        return NEVER
    found = lasting("clients_affected_at_least", joined[number - 1], running)[0]
    return (replace(found, leaves=(replace(found.leaves[0], count=len(joined)),)),)


def _client(key: str, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    joined = facts.affected_since.get(key)
    if joined is None:
        return NEVER
    found = lasting("client_affected", joined, running)[0]
    return (replace(found, leaves=(replace(found.leaves[0], client_key=key),)),)


RULES = {
    "clients_affected_at_least": Rule(
        _at_least,
        lambda told: f"{told.count} clients are affected",
        lambda facts: f"{len(facts.affected_since)} clients are affected now.",
    ),
    "client_affected": Rule(
        _client,
        lambda told: f"{listed(told.names)} is affected",
        lambda _: "The client that it watches is not affected any more.",
    ),
}
