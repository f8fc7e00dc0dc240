"""What staff read of a promise that is due, at risk, late or broken."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tocsin_contracts import events as e

from dispatcher.rendering.facts import ClientTold, PromiseFacts


def promise_facts(
    data: e.UpdateDue | e.PromiseEvent, told: Sequence[ClientTold], client_keys: Sequence[str]
) -> PromiseFacts:
    """What is said of the promise; counts, reason and whom to ring only where they are one's."""
    specifics = _due(data, told) if isinstance(data, e.UpdateDue) else _judged(data, client_keys)
    alone = told[0] if len(told) == 1 else None
    return PromiseFacts(
        clients=tuple(client.name for client in told),
        due_at=data.due_at,
        late_by_seconds=data.late_by_seconds,
        call=alone.call_first if alone else None,
        call_role=alone.call_first_role if alone else None,
        **specifics,
    )


def _due(data: e.UpdateDue, told: Sequence[ClientTold]) -> dict[str, Any]:
    moments = [client.told_at for client in told if client.told_at is not None]
    return {
        "overdue": isinstance(data, e.UpdateOverdue),
        "next_due_at": data.next_due_at,
        "last_told_at": data.last_told_at or max(moments, default=None),
        "then": data.then,
    }


def _judged(data: e.PromiseEvent, client_keys: Sequence[str]) -> dict[str, Any]:
    alone = tuple(client_keys) == data.client_keys
    broken = data if isinstance(data, e.PromiseBreached) else None
    facts: dict[str, Any] = {"promise": data.promise}
    cadences = {data.every_minutes, *(also.every_minutes for also in data.together)}
    if alone or len(cadences) == 1:
        facts["every_minutes"] = data.every_minutes
    if broken is not None:
        reasons = {broken.reason, *(also.reason for also in data.together)}
        facts["done_at"] = broken.done_at
        facts["overdue"] = broken.done_at is None
        facts["reason"] = broken.reason if alone or len(reasons) == 1 else None
    if alone:
        facts |= {"kept": data.kept, "promised": data.promised}
    if alone and broken is not None:
        facts["month_kept"] = broken.this_month_kept
        facts["month_promised"] = broken.this_month_promised
    return facts
