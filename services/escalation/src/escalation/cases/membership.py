"""Whose chains begin, begin again or end when an audience is told. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tocsin_contracts.incident import AudienceClient

from escalation.policies.state import Chain


@dataclass(frozen=True)
class Membership:
    begin: tuple[AudienceClient, ...] = ()
    again: tuple[Chain, ...] = ()
    end: tuple[Chain, ...] = ()


def membership(audience: Sequence[AudienceClient], chains: Mapping[str, Chain]) -> Membership:
    """A client keeps the policy its chain began with, also when it leaves and returns."""
    keys = {client.client_key for client in audience}
    return Membership(
        begin=tuple(client for client in audience if client.client_key not in chains),
        again=tuple(c for c in chains.values() if c.client_key in keys and not c.active),
        end=tuple(c for c in chains.values() if c.client_key not in keys and c.active),
    )
