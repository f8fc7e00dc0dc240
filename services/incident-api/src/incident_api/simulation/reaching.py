"""People whom a step would call, and whom none of its channels reaches: pure."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tocsin_contracts.directory import Client
from tocsin_contracts.policies import ON_DUTY, ChainKind, EscalationPolicy, PolicyStep
from tocsin_contracts.simulation import LintFinding
from tocsin_contracts.words import Channel

from incident_api.directory.defaults import DEFAULT_KEY
from incident_api.directory.document import CLIENT, TEAM, Entries
from incident_api.directory.entries import ClientEntry, Destinations, MemberEntry, TeamEntry
from incident_api.directory.people import STAFF
from incident_api.directory.view import DirectoryView
from incident_api.readiness.rules import ADDRESS, Refused

UNREACHABLE = "no-reachable-channel"


@dataclass(frozen=True)
class Person:
    """``client`` is :data:`STAFF` for our own people."""

    client: str
    key: str
    name: str
    addresses: Destinations
    prefers: tuple[Channel, ...] = ()


def unreached(
    policies: Mapping[str, EscalationPolicy],
    uses: Mapping[str, Collection[Client]],
    entries: Entries,
    refused: Refused,
) -> Iterator[LintFinding]:
    """``uses`` are the clients by the policy that is theirs."""
    for key, policy in sorted(policies.items()):
        for index, step in enumerate(policy.steps):
            for person in _called(policy.chain, step, uses.get(key, ()), entries):
                if not _reaches(step, person, refused):
                    yield _finding(key, index, step, person)


def clients_by_policy(view: DirectoryView) -> dict[str, list[Client]]:
    """Under the client's own plan, and under each plan that a system of it names."""
    found: dict[str, list[Client]] = {}
    for client in view.clients.values():
        for key in sorted(_policies_of(client, view)):
            found.setdefault(key, []).append(client)
    return found


def _policies_of(client: Client, view: DirectoryView) -> set[str]:
    named = {one or "" for one in _plan_keys(client)}
    plans = [view.plans[key] for key in named if key in view.plans]
    keys = {client.confirmation_policy}
    for plan in plans or [view.plans[DEFAULT_KEY]]:
        keys |= {plan.escalation_policy or DEFAULT_KEY, plan.confirmation_policy}
    return {key for key in keys if key is not None}


def _plan_keys(client: Client) -> tuple[str | None, ...]:
    return client.communication_plan, *(use.communication_plan for use in client.systems)


def _called(
    chain: ChainKind, step: PolicyStep, clients: Collection[Client], entries: Entries
) -> list[Person]:
    """Each once, however many clients they are called for."""
    found: dict[tuple[str, str], Person] = {}
    for client in clients:
        if _is_meant(step, client):
            theirs = chain is ChainKind.CLIENT
            people = _contacts(step, client, entries) if theirs else _staff(step, client, entries)
            found.update({(one.client, one.key): one for one in people})
    return list(found.values())


def _is_meant(step: PolicyStep, client: Client) -> bool:
    if not step.clients and not step.client_tags:
        return True
    return client.key in step.clients or bool(set(client.tags) & set(step.client_tags))


def _contacts(step: PolicyStep, client: Client, entries: Entries) -> list[Person]:
    entry = entries.get((CLIENT.name, client.key))
    contacts = entry.contacts if isinstance(entry, ClientEntry) else ()
    return [
        Person(client.key, one.key, one.name, one)
        for one in contacts
        if set(one.roles) & set(step.notify)
    ]


def _staff(step: PolicyStep, client: Client, entries: Entries) -> list[Person]:
    """Whoever may be on duty is anybody of the team."""
    team = entries.get((TEAM.name, client.account_team or ""))
    if not isinstance(team, TeamEntry):
        return []
    holders: list[MemberEntry] = [
        member for role, member in team.members().items() if role in step.notify
    ]
    if ON_DUTY in step.notify:
        holders += team.everyone()
    return [Person(STAFF, one.person, one.name, one, one.channels or ()) for one in holders]


def _reaches(step: PolicyStep, person: Person, refused: Refused) -> bool:
    channels = step.channels or person.prefers or (Channel.EMAIL,)
    return any(
        getattr(person.addresses, ADDRESS[channel]) is not None
        and (person.client, person.key, channel.value) not in refused
        for channel in channels
    )


def _finding(key: str, index: int, step: PolicyStep, person: Person) -> LintFinding:
    channels = step.channels or person.prefers or (Channel.EMAIL,)
    named = " or ".join(channel.value for channel in channels)
    whose = "" if person.client == STAFF else f" at '{person.client}'"
    return LintFinding(
        problem=UNREACHABLE,
        detail=(
            f"{person.name}{whose} cannot be reached by {named}, so step {index + 1} of '{key}'"
            " calls nobody there; add an address, lift the suppression, or give the step another"
            " channel."
        ),
        policy=key,
        step=index,
        client=person.client or None,
    )
