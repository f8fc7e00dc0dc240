"""When a promise is kept, at risk or broken.

Kept: one of the messages that tell it had, for each notify rule it serves, one person for whom a
provider accepted it by the moment, or a person rang the client by then. That a message waited for
approval or for the end of quiet hours is no excuse: it is measured all the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tocsin_contracts.words import DeliveryState, Kind, Promise, PromiseState

from escalation.promises.reasons import why_not
from escalation.promises.state import Pledge, Row
from escalation.promises.timing import give_up_at, judge_at, risk_at

ANYBODY = -1
"""The rule of a message that names none: one accepted person is enough."""

NEVER = frozenset({DeliveryState.FAILED, DeliveryState.SKIPPED, DeliveryState.UNKNOWN})
"""States of a row for which no acceptance comes any more. A replaced one is spoken for by another
row, which may not have been heard of yet."""


@dataclass(frozen=True)
class Weighed:
    """``done_at`` ``None``: not every rule has somebody. ``hopeless``: nor will it."""

    done_at: datetime | None = None
    by_holding_notice: bool = False
    hopeless: bool = False


def weigh(pledge: Pledge, rows: Sequence[Row]) -> Weighed:
    """What ``rows`` prove about ``pledge``; those of other clients and events count nothing."""
    messages = messages_of(pledge, rows)
    done = [(at, m[0].kind) for m in messages if (at := _done_at(m)) is not None]
    if pledge.contact_at is not None:
        done.append((pledge.contact_at, Kind.UPDATE))
    if not done:
        return Weighed(hopeless=bool(messages) and all(_hopeless(m) for m in messages))
    at, kind = min(done)
    holding = kind is Kind.HOLDING_NOTICE and pledge.promise is Promise.FIRST_NOTICE
    return Weighed(at, by_holding_notice=holding)


def messages_of(pledge: Pledge, rows: Sequence[Row]) -> list[list[Row]]:
    """The messages that tell ``pledge``, newest event last, each as its rows.

    A holding notice that stands in for a first notice counts, whichever event it came of.
    """
    found: dict[tuple[int, Kind], list[Row]] = {}
    for row in rows:
        if row.client_key == pledge.client_key and _tells(pledge, row):
            place = pledge.causes.index(row.cause_id) if row.cause_id in pledge.causes else -1
            found.setdefault((place, row.kind), []).append(row)
    return [found[key] for key in sorted(found)]


def by_evidence(pledge: Pledge, rows: Sequence[Row]) -> Pledge:
    """What the messages alone decide, whatever the time is."""
    if not pledge.live:
        return pledge
    weighed = weigh(pledge, rows)
    if weighed.done_at is not None:
        return _done(pledge, rows, weighed)
    if weighed.hopeless and pledge.state is PromiseState.BREACHED:
        return replace(pledge, given_up=True)
    return pledge


def by_time(pledge: Pledge, rows: Sequence[Row], now: datetime) -> Pledge:
    """What ``now`` decides, once the messages have been weighed."""
    pledge = by_evidence(pledge, rows)
    if not pledge.live:
        return pledge
    if pledge.state is PromiseState.BREACHED:
        late = bool(pledge.causes) and now >= give_up_at(pledge)
        return replace(pledge, given_up=True) if late else pledge
    if now >= judge_at(pledge):
        broken = _broken(pledge, rows)
        return by_time(broken, rows, now)
    if now >= risk_at(pledge):
        return replace(pledge, state=PromiseState.AT_RISK)
    return pledge


def _done(pledge: Pledge, rows: Sequence[Row], weighed: Weighed) -> Pledge:
    """Kept, or broken and done late. Proof of a word in time clears a promise called broken."""
    kept = weighed.done_at is not None and weighed.done_at <= pledge.due_at
    if kept:
        return replace(
            pledge,
            state=PromiseState.KEPT,
            done_at=weighed.done_at,
            by_holding_notice=weighed.by_holding_notice,
            reason=None,
        )
    late = pledge if pledge.state is PromiseState.BREACHED else _broken(pledge, rows)
    return replace(late, done_at=weighed.done_at)


def _broken(pledge: Pledge, rows: Sequence[Row]) -> Pledge:
    reason = why_not(pledge, _lacking(pledge, rows))
    return replace(pledge, state=PromiseState.BREACHED, reason=reason)


def _lacking(pledge: Pledge, rows: Sequence[Row]) -> list[Row]:
    """The rows of the rules that had nobody by the moment, of the newest message first."""
    by_rule = [
        _serving(message, rule)
        for message in reversed(messages_of(pledge, rows))
        for rule in sorted(_needed(message))
    ]
    return [row for serving in by_rule if not _served(serving, pledge.due_at) for row in serving]


def _served(serving: Sequence[Row], by: datetime) -> bool:
    return any(row.accepted_at is not None and row.accepted_at <= by for row in serving)


def _tells(pledge: Pledge, row: Row) -> bool:
    stands_in = row.kind is Kind.HOLDING_NOTICE and pledge.promise is Promise.FIRST_NOTICE
    return stands_in or row.cause_id in pledge.causes


def _done_at(message: Sequence[Row]) -> datetime | None:
    """When the last rule had somebody; ``None`` while one has nobody."""
    first: dict[int, datetime] = {}
    for row in message:
        if row.accepted_at is None:
            continue
        for rule in row.rules or (ANYBODY,):
            first[rule] = min(first.get(rule, row.accepted_at), row.accepted_at)
    needed = _needed(message)
    return max(first[rule] for rule in needed) if needed <= first.keys() else None


def _hopeless(message: Sequence[Row]) -> bool:
    """Whether some rule has nobody and none of its rows can still be accepted."""
    return any(
        all(row.accepted_at is None and row.state in NEVER for row in _serving(message, rule))
        for rule in _needed(message)
    )


def _needed(message: Iterable[Row]) -> set[int]:
    return {rule for row in message for rule in row.rules} or {ANYBODY}


def _serving(message: Sequence[Row], rule: int) -> list[Row]:
    return [row for row in message if rule in (row.rules or (ANYBODY,))]
