"""What the page of an approve link shows: pure, from the approval, its incident and directory."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo

from tocsin_contracts.words import Kind, OnNoAnswer

from incident_api.approvals.model import Approval, ApprovalStatus
from incident_api.directory.view import DirectoryView
from incident_api.links.take import clock_time

NAMES = {
    Kind.INITIAL: "first notice",
    Kind.NO_NEWS: "word that nothing changed",
    Kind.ETA_CHANGE: "new time",
    Kind.RESOLVED: "word that it is resolved",
    Kind.REOPENED: "word that it is back",
    Kind.CLOSURE: "closing note",
    Kind.MAINTENANCE_ANNOUNCED: "announcement of planned work",
    Kind.MAINTENANCE_REMINDER: "reminder of planned work",
    Kind.MAINTENANCE_RESCHEDULED: "new date of planned work",
    Kind.MAINTENANCE_CANCELLED: "word that planned work is cancelled",
    Kind.MAINTENANCE_STARTED: "word that planned work has started",
    Kind.MAINTENANCE_ENDED: "word that planned work has ended",
}
WITHOUT_AN_ANSWER = {
    OnNoAnswer.SEND: "Without an answer it goes out as it is.",
    OnNoAnswer.HOLDING_NOTICE: "Without an answer the holding notice goes out by itself.",
    OnNoAnswer.ALERT: "Without an answer nothing is sent and the escalation manager is told.",
}


@dataclass(frozen=True)
class Subject:
    """The incident or maintenance window that the message speaks of; ``change`` is the call that
    makes another text of it."""

    ref: str
    title: str
    change: str


@dataclass(frozen=True)
class ApprovePage:
    """``said`` is what was decided, ``over`` why nothing can be, ``wrong`` why what was just sent
    is no answer."""

    provider: str
    ref: str
    title: str
    client: str
    message: str
    people: str
    channels: str
    decide_by: str
    no_answer: str
    change: str
    subject: str
    body: str
    content_sha256: str
    waits: bool
    said: str | None
    over: str | None
    wrong: str | None = None


def approve_page(approval: Approval, about: Subject, view: DirectoryView) -> ApprovePage:
    zone = ZoneInfo(view.provider.timezone)
    client = view.clients.get(approval.client_key)
    return ApprovePage(
        provider=view.provider.name,
        ref=about.ref,
        title=about.title,
        change=about.change,
        client=client.name if client else approval.client_key,
        message=NAMES.get(Kind(approval.kind), approval.kind.replace("_", " ")),
        people="1 person" if approval.people == 1 else f"{approval.people} people",
        channels=_and_list([channel.replace("sms", "SMS") for channel in approval.channels]),
        decide_by=clock_time(approval.decide_by, zone),
        no_answer=WITHOUT_AN_ANSWER[OnNoAnswer(approval.on_no_answer)],
        subject=approval.subject,
        body=approval.body,
        content_sha256=approval.content_sha256,
        waits=approval.status == ApprovalStatus.WAITING,
        said=_said(approval, zone),
        over=f"This has ended: {approval.outcome}." if approval.outcome else None,
    )


def _said(approval: Approval, zone: ZoneInfo) -> str | None:
    if approval.decided_at is None or approval.status == ApprovalStatus.ENDED:
        return None
    at = clock_time(approval.decided_at, zone)
    return f"{approval.decided_by} {approval.status} it on {at}."


def _and_list(items: list[str]) -> str:
    *first, last = items or ["nothing"]
    return f"{', '.join(first)} and {last}" if first else last
