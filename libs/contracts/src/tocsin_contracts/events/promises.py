"""What becomes of each word that clients were promised; on ``tocsin.escalations``."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts.events.escalations import Called, EscalationEvent, NextCall
from tocsin_contracts.model import Model, Moment, Slug
from tocsin_contracts.words import Promise


class UpdateDue(EscalationEvent):
    """The next word is due at ``due_at`` and none is written: the NOC is nudged.

    ``client_keys`` are those it was promised to; ``then`` is who hears if it stays unwritten.
    ``late_by_seconds`` is set where our own service was interrupted.
    """

    event_type = "tocsin.escalation.update_due.v1"
    due_at: Moment
    next_due_at: Moment | None = None
    """What a "no news" would promise; ``None`` where that cannot be said beforehand."""
    last_told_at: Moment | None = None
    then: NextCall | None = None
    notify: tuple[Called, ...] = ()
    """The account team's people who hear of it; nobody: it is for the NOC."""
    late_by_seconds: int | None = None


class UpdateOverdue(UpdateDue):
    """The moment passed and no word was written."""

    event_type = "tocsin.escalation.update_overdue.v1"


class AlsoPromised(Model):
    """Another client whose promise stands the same at the same moment.

    ``notify`` are its account team's people, ``reason`` why it was not reached in time.
    """

    client_key: Slug
    notify: tuple[Called, ...] = ()
    reason: str | None = None
    every_minutes: int | None = None


class PromiseEvent(EscalationEvent):
    """One client's promise. ``kept`` of ``promised`` counts what was judged in this outage by now.

    Where several clients' promises stand the same at the same moment, one event has the ``kind``
    and names the others in ``together``: they make one message. ``thread`` is the client in whose
    conversation staff hear of it.
    """

    event_type: ClassVar[str] = ""
    promise: Promise
    due_at: Moment
    kept: int = 0
    promised: int = 0
    every_minutes: int | None = None
    """The cadence, where it is an update that was promised."""
    notify: tuple[Called, ...] = ()
    """The account team's people who hear of it, beside the NOC."""
    together: tuple[AlsoPromised, ...] = ()
    thread: Slug | None = None
    late_by_seconds: int | None = None
    """How late we say so, where our own service was interrupted."""


class PromiseAtRisk(PromiseEvent):
    event_type = "tocsin.escalation.promise_at_risk.v1"


class PromiseKept(PromiseEvent):
    """``done_at``: when the last notify rule had one accepted person."""

    event_type = "tocsin.escalation.promise_kept.v1"
    done_at: Moment
    by_holding_notice: bool = False


class PromiseBreached(PromiseEvent):
    """Published when the moment has passed, and again with ``done_at`` once it was done late.

    ``reason``: why nobody was reached in time, one clause. What proves later that it was done in
    time (a telephone call noted afterwards) is followed by ``promise_kept``.
    """

    event_type = "tocsin.escalation.promise_breached.v1"
    done_at: Moment | None = None
    reason: str
    this_month_kept: int = 0
    this_month_promised: int = 0
