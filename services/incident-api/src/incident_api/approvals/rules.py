"""Whether an answer to an approval counts. Pure."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tocsin_contracts.words import Decision

from incident_api.approvals.model import Approval, ApprovalStatus

DONE = {Decision.APPROVE: ApprovalStatus.APPROVED, Decision.REFUSE: ApprovalStatus.REFUSED}


class NotPossible(ValueError):
    """The message is one sentence with the way out."""


def check(approval: Approval, content_sha256: str) -> None:
    """Raises :class:`NotPossible` where the answer would be to something else than what waits."""
    if approval.status == ApprovalStatus.ENDED:
        raise NotPossible(
            f"This approval has ended: {approval.outcome}."
            " GET /v1/approvals?status=waiting shows what can be decided."
        )
    if approval.status != ApprovalStatus.WAITING:
        raise NotPossible(
            f"{approval.decided_by} has {approval.status} it already; write another text, which"
            " asks anew."
        )
    if content_sha256 != approval.content_sha256:
        raise NotPossible(
            "This answer is to another text than the one that waits; read it again with"
            f" GET /v1/approvals/{approval.id} and send its content_sha256."
        )


def decided(
    approval: Approval, decision: Decision, *, by: str, reason: str | None, now: datetime
) -> Approval:
    return replace(approval, status=DONE[decision], decided_by=by, decided_at=now, reason=reason)


def ended(approval: Approval, outcome: str, *, sent: bool, at: datetime) -> Approval:
    """What the dispatcher made of it. A yes that did not send, or a no that came too late, did not
    count."""
    counted = approval.status == (ApprovalStatus.APPROVED if sent else ApprovalStatus.REFUSED)
    status = approval.status if counted else ApprovalStatus.ENDED
    return replace(approval, status=status, outcome=outcome, sent=sent, ended_at=at)
