"""Approvals of a batch: read before it decides, written after, and what becomes of no answer."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.events import ApprovalDecided
from tocsin_runtime import timers
from tocsin_runtime.database import Connection

from dispatcher.approvals import deadline, store, words
from dispatcher.approvals.asking import Desk
from dispatcher.approvals.deciding import drop
from dispatcher.approvals.events import published
from dispatcher.approvals.model import Approvals, Asked
from dispatcher.planning.ledger import Ledger

APPROVAL = "approval"
"""The timer of the moment by which an approver should have answered; its key is the approval's."""

GIVEN_UP = "approval_given_up"
"""The timer after which nobody waits for it any more; its key is the same."""


async def load(
    conn: Connection, ledger: Ledger, events: Sequence[Event[EventData]], incidents: Collection[str]
) -> Approvals:
    """Those that can be answered; not read where nothing waits for a yes and nobody gave one."""
    answered = {
        event.data.approval_id: event.subject
        for event in events
        if isinstance(event.data, ApprovalDecided)
    }
    concerned = {*answered.values(), *(one for one in incidents if _waits(ledger, one))}
    if not concerned:
        return Approvals()
    known = await store.known(conn, answered.keys())
    return Approvals(
        open=await store.load_open(conn, concerned),
        unknown={key: subject for key, subject in answered.items() if key not in known},
    )


def _waits(ledger: Ledger, incident_id: str) -> bool:
    known = ledger.incident(incident_id)
    return any(row.approval_id for rows in known.open.values() for row in rows.values())


async def write(
    conn: Connection, desk: Desk, causes: Mapping[str, Event[EventData]]
) -> list[Event[EventData]]:
    """What was asked and what ended; the events that tell of it."""
    now, approvals = desk.terms.now, desk.approvals
    if approvals.new:
        await store.insert(conn, [one.asked for one in approvals.new.values()], now)
        await timers.arm(conn, [_deadline(one.asked) for one in approvals.new.values()])
    if approvals.ended:
        await store.end(conn, list(approvals.ended.values()), now)
    return published(approvals, causes, now)


def _deadline(asked: Asked) -> timers.Timer:
    return timers.Timer(
        kind=APPROVAL,
        key=asked.id,
        subject=asked.incident_id,
        due_at=asked.decide_by,
        payload={"client_key": asked.client_key},
    )


async def no_answer(conn: Connection, desk: Desk, approval_id: str, patience: timedelta) -> None:
    """The moment passed. Nothing where it was answered, or has ended otherwise; what is waited for
    all the same is given up after another ``patience``."""
    asked = desk.approvals.open.get(approval_id)
    if asked is None:
        return
    held = await store.held(conn, asked.id)
    request = await store.request(conn, asked.incident_id, asked.id)
    if deadline.passed(desk, asked, held, request, patience):
        end = replace(_deadline(asked), kind=GIVEN_UP, due_at=desk.terms.now + patience)
        await timers.arm(conn, [end])


def nobody_said_yes(desk: Desk, approval_id: str, patience: timedelta) -> None:
    """It is not sent any more, so that what waits behind it goes."""
    asked = desk.approvals.open.get(approval_id)
    if asked is not None:
        drop(desk, asked, words.nobody(patience))
