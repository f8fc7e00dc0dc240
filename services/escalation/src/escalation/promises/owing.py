"""What promises are to the triggers that watch them. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_contracts.words import Promise, PromiseState

from escalation.promises.state import Pledge
from escalation.triggers.facts import Owed


def words_due(pledges: Iterable[Pledge]) -> dict[str, datetime]:
    """By client the moment by which a word is promised that nobody has written yet."""
    return {
        pledge.client_key: pledge.due_at
        for pledge in pledges
        if pledge.promise is Promise.UPDATE and pledge.unwritten
    }


def owed(pledges: Iterable[Pledge]) -> dict[str, tuple[Owed, ...]]:
    """By client the promises for which nobody was reached yet, the earliest first."""
    found: dict[str, tuple[Owed, ...]] = {}
    for pledge in sorted(pledges, key=lambda pledge: pledge.due_at):
        if pledge.live:
            broken = pledge.state is PromiseState.BREACHED
            one = Owed(pledge.promise, pledge.made_at, pledge.due_at, broken)
            found[pledge.client_key] = (*found.get(pledge.client_key, ()), one)
    return found
