"""Whose chains begin, begin again or end when an audience is told. Pure."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Visibility

from escalation.people.directory import Directory
from escalation.policies.state import Chain, ChainKey


@dataclass(frozen=True)
class Membership:
    begin: tuple[AudienceClient, ...] = ()
    again: tuple[Chain, ...] = ()
    end: tuple[Chain, ...] = ()


def membership(
    audience: Sequence[AudienceClient],
    chains: Mapping[ChainKey, Chain],
    noticed: Collection[str] = (),
) -> Membership:
    """A client keeps the policy its chain began with, also when it leaves and returns.

    Chains of the clients' own begin in :func:`escalation.cases.arming.confirmations`; here they
    begin again for those of ``noticed``, who get a notice, while nobody there has confirmed.
    """
    keys = {client.client_key for client in audience}
    over = [c for c in chains.values() if c.client_key in keys and not c.active]
    return Membership(
        begin=tuple(c for c in audience if (c.client_key, ChainKind.ACCOUNT) not in chains),
        again=tuple(c for c in over if c.kind is ChainKind.ACCOUNT or _asks_again(c, noticed)),
        end=tuple(c for c in chains.values() if c.client_key not in keys and c.active),
    )


def asked_to_confirm(
    incident: IncidentSnapshot, client: AudienceClient, directory: Directory
) -> bool:
    """A chain of the client's own runs once it is told of the outage; of an exercise only where its
    plan tells clients of those."""
    told = incident.visibility is Visibility.PUBLISHED or incident.holding_notice_at is not None
    if not told or client.confirmation_policy is None:
        return False
    plan = directory.plans.get(client.own_plan_key or client.plan_key)
    return not incident.drill or (plan is not None and plan.drills == "clients")


def _asks_again(chain: Chain, noticed: Collection[str]) -> bool:
    return chain.confirmed is None and chain.client_key in noticed
