"""What decisions about several incidents look at: one query a table, for all of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ContactMade
from tocsin_runtime.database import Connection

from escalation.cases.case import Case
from escalation.concerns import store as concerns
from escalation.incidents.rules import Incident
from escalation.people import store as people
from escalation.people.directory import Directory
from escalation.people.roster import Roster
from escalation.policies import confirmations
from escalation.policies import store as escalations
from escalation.policies.confirming import Confirmation
from escalation.policies.state import Chain, ChainKey
from escalation.promises import evidence
from escalation.promises import store as promises
from escalation.promises.state import Pledge, Row

Proof = Mapping[str, Sequence[Row]]
"""By client what is known of the messages that may keep its open promises."""


@dataclass(frozen=True)
class Subject:
    """An incident and what was heard of it; without a cause it is a moment that came."""

    incident: Incident
    cause: Event[EventData] | None = None


@dataclass(frozen=True)
class _Beginning:
    """What is looked at where chains may begin: nowhere else is the directory held still."""

    directory: Directory = field(default_factory=Directory)
    confirmed: Mapping[str, Mapping[str, Confirmation]] = field(default_factory=dict)


async def load(conn: Connection, subjects: Sequence[Subject], now: datetime) -> list[Case]:
    ids = [one.incident.id for one in subjects]
    chains = await escalations.chains(conn, ids)
    pledged = await promises.load(conn, ids)
    waiting = await escalations.waiting(conn, ids)
    begins = [one for one in subjects if one.cause is not None or one.incident.id in waiting]
    beginning = await _beginning(conn, [one.incident for one in begins])
    roster = await _roster(conn, subjects, chains, pledged)
    proof = await proofs(conn, subjects, pledged)
    questions = await concerns.open_questions(conn, ids)
    unreachable = await concerns.out_of_reach(conn, ids)
    return [
        Case(
            one.incident,
            dict(chains.get(one.incident.id, {})),
            roster,
            now,
            one.cause,
            chains_before=chains.get(one.incident.id, {}),
            directory=beginning.directory,
            waiting=waiting.get(one.incident.id, {}),
            confirmations=beginning.confirmed.get(one.incident.id, {}),
            pledges={pledge.key: pledge for pledge in pledged.get(one.incident.id, ())},
            promised_before={pledge.key: pledge for pledge in pledged.get(one.incident.id, ())},
            proof=proof.get(one.incident.id, {}),
            broken=await _broken(conn, one.cause),
            questions=questions.get(one.incident.id, []),
            unreachable=unreachable.get(one.incident.id, []),
        )
        for one in subjects
    ]


async def proofs(
    conn: Connection, subjects: Sequence[Subject], pledged: Mapping[str, Sequence[Pledge]]
) -> dict[str, Proof]:
    """By incident. The messages that a cause itself makes are included: what became of them may
    have been heard of first."""
    causes: set[str] = set()
    clients: dict[str, set[str]] = {}
    for one in subjects:
        live = [pledge for pledge in pledged.get(one.incident.id, ()) if pledge.live]
        concerned = {pledge.client_key for pledge in live}
        causes.update(cause for pledge in live for cause in pledge.causes)
        if one.cause is not None:
            causes.add(one.cause.id)
            concerned.update(client.client_key for client in one.incident.audience)
        if concerned:
            clients[one.incident.id] = concerned
    if not clients:
        return {}
    found: dict[str, dict[str, list[Row]]] = defaultdict(lambda: defaultdict(list))
    everybody = set().union(*clients.values())
    for noted in await evidence.load(conn, list(clients), causes, everybody):
        if noted.row.client_key in clients[noted.incident_id]:
            found[noted.incident_id][noted.row.client_key].append(noted.row)
    return dict(found)


async def _beginning(conn: Connection, incidents: Sequence[Incident]) -> _Beginning:
    if not incidents:
        return _Beginning()
    audience = [client for incident in incidents for client in incident.audience]
    directory = await people.directory(conn, audience)
    return _Beginning(directory, await confirmations.load(conn, [one.id for one in incidents]))


async def _roster(
    conn: Connection,
    subjects: Iterable[Subject],
    chains: Mapping[str, Mapping[ChainKey, Chain]],
    pledged: Mapping[str, Sequence[Pledge]],
) -> Roster:
    """Everybody's, of all the incidents."""
    clients = {client.client_key for one in subjects for client in one.incident.audience}
    clients.update(client_key for each in chains.values() for client_key, _ in each)
    clients.update(pledge.client_key for each in pledged.values() for pledge in each)
    return await people.roster(conn, clients)


async def _broken(conn: Connection, cause: Event[EventData] | None) -> list[Pledge]:
    """A person's call may be noted after the promise was called broken."""
    if cause is None or not isinstance(cause.data, ContactMade):
        return []
    return await promises.broken(conn, cause.data.incident_id, cause.data.client_key)
