"""The moment by which an approver should have answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tocsin_contracts.words import DeliveryState, Kind, OnNoAnswer, StaffRole
from tocsin_runtime.ids import uuid7

from dispatcher.approvals import rules, words
from dispatcher.approvals.asking import Desk, told_we_are_checking
from dispatcher.approvals.deciding import go, rows_of
from dispatcher.approvals.model import Asked
from dispatcher.planning.model import Delivery, Message
from dispatcher.planning.staff_notes import NOC, Addressee, Cause, holder_of, plan_note
from dispatcher.rendering.notice import Notice

HELD_BACK = ("update", "resolved", "cancel_reason", "closure", "reopened", "late_promise")
"""What a holding notice does not use even where it is known: nobody has agreed to it."""


def passed(
    desk: Desk,
    asked: Asked,
    held: Sequence[Delivery],
    request: Notice | None,
    patience: timedelta,
) -> bool:
    """Whether it is still waited for, for another ``patience``.

    ``held`` are the rows that wait, ``request`` is what the approver was asked.
    """
    zone = ZoneInfo(desk.view.provider.timezone)
    checking = told_we_are_checking(desk.ledger, asked.incident_id, asked.client_key)
    match rules.without_an_answer(asked.on_no_answer, asked.kind, told_we_are_checking=checking):
        case OnNoAnswer.SEND:
            go(desk, asked, f"{words.unanswered(asked, zone)}: it goes as it is")
            return False
        case OnNoAnswer.HOLDING_NOTICE:
            desk.ledger.add(holding_notices(held, desk.terms.now))
        case OnNoAnswer.ALERT:
            if request is not None:
                _alert(desk, asked, request, patience)
    desk.ledger.wait_on(asked.incident_id, rows_of(desk, asked), words.waits_on(asked, zone))
    return True


def holding_notices(held: Sequence[Delivery], now: datetime) -> list[Delivery]:
    """To everyone whose first notice waits: that we are checking. The first notice waits on."""
    messages = {row.message.id: _holding(row.message, now) for row in held}
    return [
        replace(
            row,
            id=uuid7(),
            message=messages[row.message.id],
            state=DeliveryState.PENDING,
            reason=None,
            approval_id=None,
        )
        for row in held
    ]


def _holding(message: Message, now: datetime) -> Message:
    notice = message.notice.model_copy(
        update={
            "id": uuid7(),
            "kind": Kind.HOLDING_NOTICE,
            "at": now,
            **dict.fromkeys(HELD_BACK),
        }
    )
    return replace(message, id=notice.id, kind=notice.kind, notice=notice)


def _alert(desk: Desk, asked: Asked, request: Notice, patience: timedelta) -> None:
    """The escalation manager hears, with the same question: it can still be answered."""
    note = request.model_copy(
        update={
            "id": uuid7(),
            "kind": Kind.STAFF_NOTE,
            "at": desk.terms.now,
            "fact": _unanswered(desk, asked, request, patience),
        }
    )
    to = _escalation_manager(desk, asked)
    cause = Cause(asked.cause_id, desk.terms.now, asked.incident_id)
    plan_note(desk.ledger, desk.view, desk.terms, to, note, cause)


def _unanswered(desk: Desk, asked: Asked, request: Notice, patience: timedelta) -> str:
    said = words.unanswered(asked, ZoneInfo(desk.view.provider.timezone))
    client = request.approval.client if request.approval else asked.client_key
    return (
        f"{said}: the {words.name_of(asked.kind)} to {client} about {request.ref} is not sent until"
        f" somebody approves it, nor is what comes after the end: closing note, review and"
        f" feedback. {words.given_up(patience)}"
    )


def _escalation_manager(desk: Desk, asked: Asked) -> Addressee:
    client = desk.view.clients.get(asked.client_key)
    manager = holder_of(desk.view, client, StaffRole.ESCALATION_MANAGER) if client else None
    return manager or NOC
