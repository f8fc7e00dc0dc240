"""What escalation policies name, what names them, and whether the two fit."""

from __future__ import annotations

from collections.abc import Iterator

from tocsin_contracts.policies import ChainKind

from incident_api.directory.defaults import DEFAULT_KEY
from incident_api.directory.document import POLICY, Entries
from incident_api.directory.entries import ClientEntry, Entry
from incident_api.directory.plan_entries import PlanEntry
from incident_api.directory.policy_entries import PolicyEntry

Named = tuple[str, str]
"""(pointer within the entry, key)."""


def clients_named(policy: PolicyEntry) -> Iterator[Named]:
    for index, step in enumerate(policy.steps):
        base = f"/steps/{index}"
        for place, key in enumerate(step.clients):
            yield f"{base}/clients/{place}", key
        for pointer, leaf in step.trigger.leaves(f"{base}/trigger"):
            if leaf.client_affected is not None:
                yield f"{pointer}/client_affected", leaf.client_affected


def policies_named(entry: Entry) -> Iterator[tuple[str, str, ChainKind]]:
    """(pointer, key, the chain that the policy must be for)."""
    if isinstance(entry, PlanEntry) and entry.escalation_policy is not None:
        yield "/escalation_policy", entry.escalation_policy, ChainKind.ACCOUNT
    if isinstance(entry, PlanEntry | ClientEntry) and entry.confirmation_policy is not None:
        yield "/confirmation_policy", entry.confirmation_policy, ChainKind.CLIENT


def misplaced(entry: Entry, entries: Entries) -> Iterator[tuple[str, str]]:
    """(pointer, sentence) of each policy of the other chain."""
    for pointer, key, chain in policies_named(entry):
        found = chain_of(key, entries)
        if found is not None and found is not chain:
            yield pointer, _WRONG[chain].format(key=key)


def chain_of(key: str, entries: Entries) -> ChainKind | None:
    policy = entries.get((POLICY.name, key))
    if isinstance(policy, PolicyEntry):
        return policy.chain
    return ChainKind.ACCOUNT if key == DEFAULT_KEY else None


_WRONG = {
    ChainKind.ACCOUNT: (
        "'{key}' is a client's own escalation process ('chain: client'); name it in"
        " 'confirmation_policy', and here one that brings in your own people."
    ),
    ChainKind.CLIENT: (
        "'{key}' brings in your own people; name a policy with 'chain: client' here."
    ),
}
