"""Freezing policies onto an incident's clients, or having a client wait for its revision."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

import structlog
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import EscalationPolicy
from tocsin_runtime.database import Connection

from escalation.cases.case import Case
from escalation.people import store as people
from escalation.policies import events
from escalation.policies import store as escalations
from escalation.policies.state import Chain

log = structlog.get_logger()
DEFAULT_POLICY = "default"


async def begin(
    conn: Connection, case: Case, clients: Sequence[AudienceClient], since: datetime
) -> None:
    """Start a chain for each client; one that is ahead of the local copy waits alone.

    ``since`` is the moment from which the steps count.
    """
    if not clients:
        return
    local = await people.local_revision(conn)
    ahead = [client for client in clients if client.client_revision > local]
    for client in ahead:
        log.info("client waits for the directory", client=client.client_key, here=local)
        await escalations.wait_for_revision(
            conn, case.incident.id, client.client_key, client.client_revision, since
        )
    ready = [client for client in clients if client.client_revision <= local]
    await _start(conn, case, {client.client_key: since for client in ready})


async def let_in(conn: Connection, case: Case, *, released: Collection[str] = ()) -> None:
    """Start the chains of those whose revision is here now, or who were ``released``."""
    local = await people.local_revision(conn)
    waiting = await escalations.waiting(conn, case.incident.id)
    by_key = {client.client_key: client for client in case.incident.audience}
    ready = {
        key: since
        for key, since in waiting.items()
        if key in by_key and (key in released or by_key[key].client_revision <= local)
    }
    gone = [key for key in waiting if key not in by_key]
    await escalations.stop_waiting(conn, case.incident.id, [*ready, *gone])
    if case.facts.is_open:
        await _start(conn, case, ready)


async def _start(conn: Connection, case: Case, since: dict[str, datetime]) -> None:
    clients = [c for c in case.incident.audience if c.client_key in since]
    wanted = {client.escalation_policy or DEFAULT_POLICY for client in clients}
    policies = await people.policies(conn, {*wanted, DEFAULT_POLICY})
    started = [
        Chain(client.client_key, policy, started_at=since[client.client_key])
        for client in clients
        if (policy := _policy(client, policies)) is not None
    ]
    case.put(started)
    case.tell(events.armed(case.scene, started))


def _policy(
    client: AudienceClient, policies: dict[str, EscalationPolicy]
) -> EscalationPolicy | None:
    key = client.escalation_policy or DEFAULT_POLICY
    found = policies.get(key) or policies.get(DEFAULT_POLICY)
    if found is None:
        log.error("no escalation policy", client=client.client_key, policy=key)
    return found
