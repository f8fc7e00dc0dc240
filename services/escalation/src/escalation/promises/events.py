"""What is told of promises that came to be at risk, kept or broken. Pure: counts are given."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts.events import (
    AlsoPromised,
    Called,
    PromiseAtRisk,
    PromiseBreached,
    PromiseEvent,
    PromiseKept,
)
from tocsin_contracts.words import Kind, PromiseState, StaffRole

from escalation.people.finding import called
from escalation.policies.messages import grouped
from escalation.policies.scene import Scene
from escalation.policies.timing import LATE_AFTER
from escalation.promises.state import Change, Pledge
from escalation.promises.timing import give_up_at, judge_at, risk_at

HEARS = {
    PromiseState.AT_RISK: (StaffRole.ACCOUNT_MANAGER,),
    PromiseState.BREACHED: (StaffRole.ACCOUNT_MANAGER, StaffRole.ESCALATION_MANAGER),
}
KINDS = {
    PromiseState.AT_RISK: Kind.SLA_AT_RISK,
    PromiseState.BREACHED: Kind.SLA_BREACHED,
}


@dataclass(frozen=True)
class Counts:
    """Promises that were judged: in this outage, and due in this month."""

    kept: int = 0
    promised: int = 0
    month_kept: int = 0
    month_promised: int = 0


def worth_telling(changes: Iterable[Change], now: datetime) -> list[Change]:
    """Exercises prove nothing, and what is a day old helps nobody any more; but a promise that was
    called broken and proves kept stands right in reports, however late that is noted."""
    return [c for c in changes if c.became and not c.after.drill and _told_of(c, now)]


def threaded(changes: Sequence[Change]) -> list[Change]:
    """Each with the client in whose conversation staff hear of it: the one they heard of it in
    before, else the first of those who are in the same position."""
    return [
        replace(change, after=replace(change.after, thread=_thread(group)))
        for group in _groups(changes)
        for change in group
    ]


def promise_events(
    scene: Scene, changes: Sequence[Change], counts: Mapping[str, Counts]
) -> list[PromiseEvent]:
    """One event a client; of those in the same position the first one makes the message."""
    return [
        _event(scene, change, counts, group if change is group[0] else ())
        for group in _groups(changes)
        for change in group
    ]


def _told_of(change: Change, now: datetime) -> bool:
    pledge = change.after
    if _cleared(change):
        return True
    at_risk = change.became is PromiseState.AT_RISK
    return now < (pledge.due_at if at_risk else give_up_at(pledge))


def _cleared(change: Change) -> bool:
    called_broken = change.before is not None and change.before.state is PromiseState.BREACHED
    return called_broken and change.became is PromiseState.KEPT


def _groups(changes: Sequence[Change]) -> list[list[Change]]:
    ordered = sorted(changes, key=lambda change: change.after.key)
    return grouped(
        ordered,
        lambda c: (c.became, c.after.promise, c.after.due_at, _minute(c.after.done_at)),
    )


def _minute(moment: datetime | None) -> datetime | None:
    return moment.replace(second=0, microsecond=0) if moment else None


def _thread(group: Sequence[Change]) -> str:
    known = (change.after.thread for change in group)
    return next((thread for thread in known if thread), group[0].after.client_key)


def _event(
    scene: Scene, change: Change, counts: Mapping[str, Counts], group: Sequence[Change]
) -> PromiseEvent:
    pledge, count = change.after, counts.get(change.after.client_key, Counts())
    common: dict[str, Any] = {
        "incident": scene.snapshot,
        "client_keys": (pledge.client_key,),
        "at": scene.now,
        "kind": KINDS.get(pledge.state) if group else None,
        "promise": pledge.promise,
        "due_at": pledge.due_at,
        "kept": count.kept,
        "promised": count.promised,
        "every_minutes": _minutes(pledge),
        "notify": _hearers(scene, pledge),
        "together": tuple(_also(scene, other.after) for other in group[1:]),
        "thread": pledge.thread,
        "late_by_seconds": _late_by(pledge, scene.now),
    }
    match pledge.state, pledge.done_at:
        case PromiseState.KEPT, datetime() as done_at:
            held = pledge.by_holding_notice
            return PromiseKept(**common, done_at=done_at, by_holding_notice=held)
        case PromiseState.BREACHED, done_at:
            return PromiseBreached(
                **common,
                done_at=done_at,
                reason=pledge.reason or "",
                this_month_kept=count.month_kept,
                this_month_promised=count.month_promised,
            )
    return PromiseAtRisk(**common)


def _also(scene: Scene, pledge: Pledge) -> AlsoPromised:
    return AlsoPromised(
        client_key=pledge.client_key,
        notify=_hearers(scene, pledge),
        reason=pledge.reason,
        every_minutes=_minutes(pledge),
    )


def _hearers(scene: Scene, pledge: Pledge) -> tuple[Called, ...]:
    """Who of the account team hears of it; nobody twice."""
    found: dict[str, Called] = {}
    for role in HEARS.get(pledge.state, ()):
        holders = called(scene.people(pledge.client_key, role, scene.now), role)
        found.update((key, who) for key, who in holders.items() if key not in found)
    return tuple(found.values())


def _minutes(pledge: Pledge) -> int | None:
    """The cadence, if it is whole minutes."""
    if pledge.cadence is None or pledge.cadence.every % timedelta(minutes=1):
        return None
    return int(pledge.cadence.every / timedelta(minutes=1))


def _late_by(pledge: Pledge, now: datetime) -> int | None:
    """How late it is said; a word that came late was heard of as it came."""
    if pledge.done_at is not None:
        return None
    at_risk = pledge.state is PromiseState.AT_RISK
    late = now - (risk_at(pledge) if at_risk else judge_at(pledge))
    return int(late.total_seconds()) if late > LATE_AFTER else None
