"""What is said of policies that were just written: likely slips, which change nothing."""

from __future__ import annotations

from collections.abc import Iterator

from incident_api.directory.advice import Advice, Proposal
from incident_api.directory.document import Entries
from incident_api.directory.entries import ClientEntry
from incident_api.directory.policy_entries import PolicyEntry
from incident_api.directory.trigger_entries import UnreachableEntry


async def advise_on_policies(proposal: Proposal) -> Advice:
    """Only of what changed: what is meant is not said every time."""
    tags = _tags(proposal.after)
    changed = (
        entry
        for entry_id, entry in sorted(proposal.after.items(), key=lambda item: item[0])
        if isinstance(entry, PolicyEntry) and proposal.before.get(entry_id) != entry
    )
    return Advice(notes=tuple(note for policy in changed for note in notes_on(policy, tags)))


def notes_on(policy: PolicyEntry, tags: frozenset[str]) -> Iterator[str]:
    """``tags`` are those that clients have."""
    for index, step in enumerate(policy.steps):
        first = policy.steps.index(step)
        if first < index:
            yield (
                f"Steps {first + 1} and {index + 1} of '{policy.key}' are the same, so people are"
                " called twice at once; remove one if that is not meant."
            )
    for tag in sorted(_tags_named(policy) - tags):
        yield f"No client has the tag '{tag}' that '{policy.key}' names; what asks for it waits."


def _tags(entries: Entries) -> frozenset[str]:
    clients = (entry for entry in entries.values() if isinstance(entry, ClientEntry))
    return frozenset(tag for client in clients for tag in client.tags)


def _tags_named(policy: PolicyEntry) -> set[str]:
    found: set[str] = set()
    for step in policy.steps:
        found.update(step.client_tags)
        for _, leaf in step.trigger.leaves():
            if isinstance(leaf.contact_unreachable, UnreachableEntry):
                found.update(leaf.contact_unreachable.client_tags)
    return found
