"""Somebody at a client confirms, and its own chain is at its end. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from tocsin_contracts.events import EscalationConfirmed
from tocsin_contracts.policies import ChainKind

from escalation.cases.case import Case
from escalation.policies import confirming
from escalation.policies.confirming import Confirmation
from escalation.policies.state import Chain


def confirmed(case: Case, said: Confirmation) -> bool:
    """Whether it ended a chain."""
    chain = case.chains.get((said.client_key, ChainKind.CLIENT))
    if chain is None or not confirming.ends(chain, said.confirm.at):
        return False
    by = said.confirm
    by = replace(by, name=by.name or case.roster.contact(said.client_key, by.person))
    case.put([confirming.confirm(chain, by)])
    case.tell(
        [
            EscalationConfirmed(
                incident=case.incident.snapshot,
                chain=ChainKind.CLIENT,
                client_keys=(said.client_key,),
                at=case.now,
                person=by.person,
                person_name=by.name,
                source=said.source,
            )
        ]
    )
    return True


def confirmed_before(case: Case, chains: Sequence[Chain]) -> None:
    """A confirm may be heard of before what it confirms, and before its chain begins."""
    for chain in chains:
        said = case.confirmations.get(chain.client_key)
        if said is not None:
            confirmed(case, said)
