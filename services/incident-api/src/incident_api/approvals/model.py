"""One approval, as it was asked for and answered."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ApprovalStatus(StrEnum):
    WAITING = "waiting"
    """It can be answered, also after ``decide_by``."""
    APPROVED = "approved"
    REFUSED = "refused"
    ENDED = "ended"
    """No answer counted: it went without one, or a newer text took its place."""


@dataclass(frozen=True)
class Approval:
    """``outcome`` and ``sent`` are the dispatcher's word of what became of it."""

    id: str
    incident_id: str
    client_key: str
    kind: str
    cause_id: str
    subject: str
    body: str
    content_sha256: str
    people: int
    channels: tuple[str, ...]
    approver: str
    approver_name: str
    decide_by: datetime
    on_no_answer: str
    voids: str | None
    requested_at: datetime
    status: str = ApprovalStatus.WAITING
    decided_by: str | None = None
    decided_at: datetime | None = None
    reason: str | None = None
    outcome: str | None = None
    sent: bool | None = None
    ended_at: datetime | None = None
