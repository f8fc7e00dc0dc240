"""The end of a client's own chain: somebody there has the outage. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import QuestionSource

from escalation.policies.state import Chain, Confirm


@dataclass(frozen=True)
class Confirmation:
    """Who at which client confirmed, and by what: ``PHONE`` where a person of ours rang them."""

    client_key: str
    confirm: Confirm
    source: QuestionSource


def ends(chain: Chain, at: datetime) -> bool:
    """The first confirm does; one of the round before says nothing about the outage being back."""
    of_this_round = chain.round == 1 or at >= chain.started_at
    return chain.kind is ChainKind.CLIENT and chain.active and of_this_round


def confirm(chain: Chain, confirmed: Confirm) -> Chain:
    return replace(chain, confirmed=confirmed, active=False)
