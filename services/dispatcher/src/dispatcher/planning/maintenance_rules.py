"""Planned work: what a newer message replaces, and what is left to say to whom."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from tocsin_contracts.directory import CommunicationPlan, NotifyRule, SeverityEntry
from tocsin_contracts.words import Kind, MaintenanceStatus

from dispatcher.planning.model import OpenRow
from dispatcher.planning.wishes import notify_rules
from dispatcher.rendering.facts import MaintenanceFacts
from dispatcher.rendering.notice import Notice

_AHEAD = frozenset(
    {Kind.MAINTENANCE_ANNOUNCED, Kind.MAINTENANCE_REMINDER, Kind.MAINTENANCE_RESCHEDULED}
)
_UNDER_WAY = _AHEAD | {Kind.MAINTENANCE_STARTED}

REPLACES: dict[Kind, frozenset[Kind]] = {
    Kind.MAINTENANCE_ANNOUNCED: _AHEAD,
    Kind.MAINTENANCE_REMINDER: _AHEAD,
    Kind.MAINTENANCE_RESCHEDULED: _AHEAD,
    Kind.MAINTENANCE_CANCELLED: _AHEAD,
    Kind.MAINTENANCE_STARTED: _UNDER_WAY,
    Kind.MAINTENANCE_ENDED: _UNDER_WAY | {Kind.MAINTENANCE_ENDED},
}
"""By the kind of the newer message, the kinds it replaces while they have not gone."""

NOT_HEARD = "nothing of this work was told here before, and it is over"
NOT_MOVED = "it was moved and moved back before anybody read of it"


def rules_for(
    plan: CommunicationPlan | None, entry: SeverityEntry, kind: Kind
) -> tuple[NotifyRule, ...]:
    """Who hears of planned work: the plan's own rules for it, else those of its severity."""
    if plan is not None and plan.maintenance is not None:
        return plan.maintenance
    return notify_rules(entry, kind)


def replaced_by(kind: Kind, pending: Iterable[OpenRow]) -> list[OpenRow]:
    replaces = REPLACES.get(kind, frozenset())
    return [row for row in pending if row.kind in replaces]


def carry(older: Sequence[Notice], newer: Notice) -> Notice:
    """``newer`` to who missed ``older`` (oldest first): the times they read last are those that
    fell."""
    moved = next((o for o in older if o.kind is Kind.MAINTENANCE_RESCHEDULED), None)
    facts, before = newer.maintenance, moved.maintenance if moved else None
    if facts is None or before is None or newer.kind not in _AHEAD:
        return newer
    carried = facts.model_copy(
        update={
            "starts_before": before.starts_before,
            "ends_before": before.ends_before,
            "reason": facts.reason or before.reason,
            "hours_before": None,
        }
    )
    return newer.model_copy(update={"kind": Kind.MAINTENANCE_RESCHEDULED, "maintenance": carried})


def as_first_word(notice: Notice) -> Notice:
    """``notice`` for a reader who heard nothing of this work: it is announced to them."""
    if notice.kind not in _AHEAD or notice.maintenance is None:
        return notice
    announced = MaintenanceFacts(window=notice.maintenance.window)
    return notice.model_copy(update={"kind": Kind.MAINTENANCE_ANNOUNCED, "maintenance": announced})


def nothing_to_say(notice: Notice, *, first: bool) -> str | None:
    """Why this reader needs no word of it, or ``None``."""
    facts = notice.maintenance
    if facts is None:
        return None
    over = facts.window.status in (MaintenanceStatus.CANCELLED, MaintenanceStatus.COMPLETED)
    if first and over:
        return NOT_HEARD
    if notice.kind is Kind.MAINTENANCE_RESCHEDULED and _as_before(facts):
        return NOT_MOVED
    return None


def _as_before(facts: MaintenanceFacts) -> bool:
    window = facts.window
    return (facts.starts_before, facts.ends_before) == (window.starts_at, window.ends_at)
