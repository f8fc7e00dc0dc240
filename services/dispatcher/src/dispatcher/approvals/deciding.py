"""What an answer does, and no answer; and what ends an approval that nobody answered."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import structlog
from tocsin_contracts.events import ApprovalDecided
from tocsin_contracts.words import DeliveryState, Kind

from dispatcher.approvals import rules, words
from dispatcher.approvals.asking import Desk
from dispatcher.approvals.model import Asked
from dispatcher.planning.model import OpenRow

log = structlog.get_logger()
NO_LONGER_ASKED = "nothing to decide any more"


def decided(desk: Desk, data: ApprovalDecided) -> None:
    """An approver's answer. One that comes after the end of its approval changes nothing."""
    asked = desk.approvals.open.get(data.approval_id)
    if asked is None:
        log.info("an answer to what has ended", approval=data.approval_id)
        return
    at = words.clock(data.decided_at, _zone(desk))
    match rules.verdict(asked, data.decision, data.content_sha256):
        case rules.Verdict.GOES:
            go(desk, asked, f"{data.by} approved it at {at}")
        case rules.Verdict.REFUSED:
            because = f": {data.reason}" if data.reason else ""
            drop(desk, asked, f"{data.by} refused it at {at}{because}")
        case rules.Verdict.OTHER_TEXT:
            log.warning("an answer to another text", approval=asked.id)


def go(desk: Desk, asked: Asked, why: str) -> None:
    _replace_holding_notice(desk, asked)
    desk.ledger.release(asked.incident_id, rows_of(desk, asked), why)
    end(desk, asked, why, sent=True)


def _replace_holding_notice(desk: Desk, asked: Asked) -> None:
    """One that is still to go was planned in place of the first notice, and would follow on it."""
    if asked.kind is not Kind.INITIAL:
        return
    rows = desk.ledger.incident(asked.incident_id).open_of(asked.client_key)
    holding = [row for row in rows if row.kind is Kind.HOLDING_NOTICE]
    desk.ledger.supersede(asked.incident_id, holding, "replaced by a newer initial")


def drop(desk: Desk, asked: Asked, why: str) -> None:
    rows = rows_of(desk, asked)
    desk.ledger.supersede(asked.incident_id, rows, why, DeliveryState.SKIPPED)
    end(desk, asked, why, sent=False)


def settle(desk: Desk) -> None:
    """After all of a batch: an approval whose rows were all replaced or taken out has ended."""
    for asked in tuple(desk.approvals.open.values()):
        if not rows_of(desk, asked):
            end(desk, asked, _what_took_them(desk, asked), sent=False)


def end(desk: Desk, asked: Asked, outcome: str, *, sent: bool) -> None:
    """The approver is not asked any more, where the request has not gone yet."""
    desk.approvals.end(asked, outcome, sent=sent)
    known = desk.ledger.incident(asked.incident_id)
    requests = [row for row in known.open_of(None) if _asks(row, asked, desk)]
    desk.ledger.supersede(asked.incident_id, requests, NO_LONGER_ASKED, DeliveryState.SKIPPED)


def rows_of(desk: Desk, asked: Asked) -> list[OpenRow]:
    rows = desk.ledger.incident(asked.incident_id).open_of(asked.client_key)
    return [row for row in rows if row.approval_id == asked.id]


def _asks(row: OpenRow, asked: Asked, desk: Desk) -> bool:
    if row.kind is not Kind.APPROVAL_REQUEST:
        return False
    notice = desk.ledger.incident(asked.incident_id).notices.get(row.message_id)
    return bool(notice and notice.approval and notice.approval.id == asked.id)


def _what_took_them(desk: Desk, asked: Asked) -> str:
    reasons = [
        one.reason for one in desk.ledger.superseded.values() if one.row.approval_id == asked.id
    ]
    return reasons[-1] if reasons else "no message waits for it any more"


def _zone(desk: Desk) -> ZoneInfo:
    return ZoneInfo(desk.view.provider.timezone)
