"""What our own events of the past say of promises, read back when a database is rebuilt."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from tocsin_contracts import events as e
from tocsin_contracts.words import Promise, PromiseState

from escalation.promises.state import Pledge, Stage


def restored(pledges: Iterable[Pledge], data: e.EscalationEvent) -> list[Pledge]:
    """The promises that ``data`` speaks of, as they were after it."""
    match data:
        case e.PromiseEvent():
            return [_judged(p, data) for p in pledges if _is_of(p, data, data.promise)]
        case e.UpdateDue():
            stage = _stage(data)
            return [
                replace(p, stage=max(p.stage, stage))
                for p in pledges
                if _is_of(p, data, Promise.UPDATE)
            ]
    return []


def _is_of(pledge: Pledge, data: e.PromiseEvent | e.UpdateDue, promise: Promise) -> bool:
    same = pledge.promise is promise and pledge.due_at == data.due_at
    return same and pledge.client_key in data.client_keys


def _judged(pledge: Pledge, data: e.PromiseEvent) -> Pledge:
    pledge = replace(pledge, thread=data.thread)
    match data:
        case e.PromiseKept():
            return replace(
                pledge,
                state=PromiseState.KEPT,
                done_at=data.done_at,
                by_holding_notice=data.by_holding_notice,
            )
        case e.PromiseBreached():
            return replace(
                pledge, state=PromiseState.BREACHED, reason=data.reason, done_at=data.done_at
            )
    return replace(pledge, state=PromiseState.AT_RISK) if pledge.done_at is None else pledge


def _stage(data: e.UpdateDue) -> Stage:
    if not isinstance(data, e.UpdateOverdue):
        return Stage.NOC_BEFORE
    return Stage.TEAM if data.notify else Stage.NOC_AFTER
