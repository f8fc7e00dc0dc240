"""Running escalations keep the version of their policy that they began with; it is said whose."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby

from incident_api.directory.advice import Advice, Proposal
from incident_api.directory.document import KIND_OF_NAME, POLICY, Entries
from incident_api.directory.entries import ClientEntry
from incident_api.escalations import store
from incident_api.escalations.store import Running

MOST_INCIDENTS = 5
MOST_CLIENTS = 5


async def advise_on_running(proposal: Proposal) -> Advice:
    keys = sorted(_altered(proposal.before, proposal.after))
    if not keys:
        return Advice()
    running = await store.running_by(proposal.conn, keys)
    return Advice(notes=tuple(kept_as_it_was(running, _names(proposal.after))))


def _altered(before: Entries, after: Entries) -> Iterator[str]:
    """Policies that there were, and that read otherwise now or are gone."""
    for entry_id, entry in before.items():
        if KIND_OF_NAME[entry_id[0]] is POLICY and after.get(entry_id) != entry:
            yield entry_id[1]


def kept_as_it_was(running: Iterable[Running], names: Mapping[str, str]) -> Iterator[str]:
    """A sentence a policy; ``running`` ordered by policy and incident, ``names`` by client key."""
    for policy, same in groupby(running, key=lambda one: one.policy_key):
        own = list(same)
        verb = "escalation keeps" if len(own) == 1 else "escalations keep"
        yield f"{len(own)} running {verb} '{policy}' as it was: {_listed(own, names)}."


def _listed(running: Sequence[Running], names: Mapping[str, str]) -> str:
    by_incident = [(ref, list(same)) for ref, same in groupby(running, key=lambda one: one.ref)]
    shown = [f"{ref} ({_clients(same, names)})" for ref, same in by_incident[:MOST_INCIDENTS]]
    more = len(by_incident) - MOST_INCIDENTS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _clients(running: Sequence[Running], names: Mapping[str, str]) -> str:
    keys = list(dict.fromkeys(one.client_key for one in running))
    shown = [names.get(key, key) for key in keys[:MOST_CLIENTS]]
    more = len(keys) - MOST_CLIENTS
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _names(entries: Entries) -> dict[str, str]:
    clients = (entry for entry in entries.values() if isinstance(entry, ClientEntry))
    return {client.key: client.called or client.name for client in clients}
