"""Freezing policies onto an incident's clients, or having a client wait for its revision. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

import structlog
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.policies import ChainKind

from escalation.cases.case import Case
from escalation.cases.confirming import confirmed_before
from escalation.cases.membership import asked_to_confirm
from escalation.people.directory import Policy
from escalation.policies import events
from escalation.policies.state import Chain

log = structlog.get_logger()


def begin(case: Case, clients: Sequence[AudienceClient], since: datetime) -> None:
    """Start a chain for each client; one that is ahead of the local copy waits alone.

    ``since`` is the moment from which the steps count.
    """
    local = case.directory.revision
    for client in clients:
        if client.client_revision > local:
            log.info("client waits for the directory", client=client.client_key, here=local)
            case.wait(client, since)
    ready = [client for client in clients if client.client_revision <= local]
    _start(case, {client.client_key: since for client in ready})


def let_in(case: Case, *, released: Collection[str] = ()) -> None:
    """Start the chains of those whose revision is here now, or who were ``released``.

    Only now they are told of the outage, so what they have to confirm counts from here.
    """
    by_key = {client.client_key: client for client in case.incident.audience}
    ready = {
        key: since
        for key, since in case.waiting.items()
        if key in by_key
        and (key in released or by_key[key].client_revision <= case.directory.revision)
    }
    gone = [key for key in case.waiting if key not in by_key]
    case.wait_no_more([*ready, *gone])
    if case.facts.is_open:
        _start(case, ready)
        confirmations(case, case.now)


def confirmations(case: Case, since: datetime) -> None:
    """Start the client's own chain for each that is told of the outage and has none yet."""
    started = [
        Chain(
            client.client_key,
            policy.document,
            started_at=since,
            kind=ChainKind.CLIENT,
            policy_revision=policy.revision,
        )
        for client in case.incident.audience
        if (client.client_key, ChainKind.CLIENT) not in case.chains
        and not case.still_waits(client.client_key)
        and asked_to_confirm(case.incident.snapshot, client, case.directory)
        and (policy := _confirmation_policy(case, client)) is not None
    ]
    case.put(started)
    case.tell(events.armed(case.scene, started))
    confirmed_before(case, started)


def _start(case: Case, since: Mapping[str, datetime]) -> None:
    clients = [c for c in case.incident.audience if c.client_key in since]
    started = [
        chain
        for client in clients
        if (chain := _chain(case, client, since[client.client_key])) is not None
    ]
    case.put(started)
    case.tell(events.armed(case.scene, started))


def _chain(case: Case, client: AudienceClient, since: datetime) -> Chain | None:
    policy = case.directory.policy(client.escalation_policy)
    if policy is None:
        log.error("no escalation policy", client=client.client_key, policy=client.escalation_policy)
        return None
    return Chain(
        client.client_key, policy.document, started_at=since, policy_revision=policy.revision
    )


def _confirmation_policy(case: Case, client: AudienceClient) -> Policy | None:
    """Never the provider's default: that one brings in our own people."""
    found = case.directory.policies.get(client.confirmation_policy or "")
    if found is None or found.document.chain is not ChainKind.CLIENT:
        log.error(
            "no confirmation policy", client=client.client_key, policy=client.confirmation_policy
        )
        return None
    return found
