"""What escalation's clock said of promises, as rows of our copy and a sentence for the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.words import Promise, PromiseState

from incident_api.promises.model import Promised


def rows(event: e.PromiseEvent) -> Iterable[Promised]:
    for client_key in event.client_keys:
        yield Promised(
            incident_id=event.incident.id,
            client_key=client_key,
            promise=event.promise,
            due_at=event.due_at,
            state=_state(event),
            changed_at=event.at,
            done_at=_done_at(event),
            reason=event.reason if isinstance(event, e.PromiseBreached) else None,
            by_holding_notice=isinstance(event, e.PromiseKept) and event.by_holding_notice,
            every_minutes=event.every_minutes,
            drill=event.incident.drill,
        )


def sentence(event: e.PromiseEvent) -> str:
    """For the timeline; moments in UTC, as the whole timeline is."""
    who = ", ".join(event.client_keys)
    what = f"The {_NAMES[event.promise]} promised to {who} by {_clock(event.due_at)}"
    match event:
        case e.PromiseKept(by_holding_notice=True):
            return f"{what} was kept by a holding notice."
        case e.PromiseKept():
            return f"{what} was kept: there at {_clock(event.done_at)}."
        case e.PromiseBreached(done_at=None):
            return f"{what} was broken: {_clause(event.reason)}."
        case e.PromiseBreached(done_at=datetime() as done_at):
            return f"{what} came late, at {_clock(done_at)}: {_clause(event.reason)}."
    return f"{what} is at risk: nobody has it yet."


_NAMES = {
    Promise.FIRST_NOTICE: "first word",
    Promise.UPDATE: "update",
    Promise.CLOSURE: "closing note",
}


def _state(event: e.PromiseEvent) -> PromiseState:
    if isinstance(event, e.PromiseKept):
        return PromiseState.KEPT
    return PromiseState.BREACHED if isinstance(event, e.PromiseBreached) else PromiseState.AT_RISK


def _done_at(event: e.PromiseEvent) -> datetime | None:
    match event:
        case e.PromiseKept(done_at=moment) | e.PromiseBreached(done_at=moment):
            return moment
    return None


def _clause(reason: str) -> str:
    return reason.strip().rstrip(".")


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
