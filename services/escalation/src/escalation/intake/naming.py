"""Whom an answer is about, in words and in order. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from escalation.cases.case import Case
from escalation.policies.state import Chain


def name_of(case: Case, chain: Chain, person: str) -> str:
    """The name of one of the client's team or of those called, else that of an operator's key."""
    called = {who.person: who.name for who in chain.called}
    member = case.roster.team(chain.client_key).get(person)
    return member.name if member else called.get(person, person.removeprefix("key:"))


def keys(chains: Iterable[Chain]) -> tuple[str, ...]:
    return tuple(sorted(chain.client_key for chain in chains))
