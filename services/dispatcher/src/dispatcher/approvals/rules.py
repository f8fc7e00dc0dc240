"""Whether a message needs a yes, until when, and what becomes of it without an answer. Pure."""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto

from tocsin_contracts.directory import Approval, CommunicationPlan
from tocsin_contracts.words import Decision, Kind, OnNoAnswer

from dispatcher.approvals.model import Asked

SHORTEST = timedelta(minutes=1)
"""What an approver gets to read at least, even where the promise is nearer."""
WITHOUT_A_PROMISE = timedelta(hours=24)


def needed(plan: CommunicationPlan | None, kind: Kind, *, asked_before: bool) -> Approval | None:
    """The terms of the approval that a message of ``kind`` needs, or ``None``.

    ``asked_before``: it replaces one that waited for a yes, and says what nobody has agreed to yet.
    """
    approval = plan.approval if plan else None
    if approval is None:
        return None
    return approval if asked_before or kind in approval.kinds else None


def decide_by(approval: Approval, promised: datetime | None, now: datetime) -> datetime:
    if promised is None:
        return now + WITHOUT_A_PROMISE
    before = timedelta(minutes=float(approval.minutes_before))
    return max(promised - before, now + SHORTEST)


def without_an_answer(wished: OnNoAnswer, kind: Kind, *, told_we_are_checking: bool) -> OnNoAnswer:
    """What is done at the deadline, where the plan wishes ``wished``.

    A holding notice stands in for a first notice alone, and once: who has it already gains nothing
    from another, so that somebody is told instead.
    """
    if wished is not OnNoAnswer.HOLDING_NOTICE:
        return wished
    if kind is not Kind.INITIAL:
        return OnNoAnswer.SEND
    return OnNoAnswer.ALERT if told_we_are_checking else OnNoAnswer.HOLDING_NOTICE


class Verdict(Enum):
    """What an answer does."""

    GOES = auto()
    REFUSED = auto()
    OTHER_TEXT = auto()
    """It was given for a text that is not the one that waits."""


def verdict(asked: Asked, decision: Decision, content_sha256: str) -> Verdict:
    if content_sha256 != asked.content_sha256:
        return Verdict.OTHER_TEXT
    return Verdict.GOES if decision is Decision.APPROVE else Verdict.REFUSED
