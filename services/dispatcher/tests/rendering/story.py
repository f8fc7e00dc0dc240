"""The messages of the running example, by kind, and who reads them."""

from __future__ import annotations

from dispatcher.rendering.language import TEXTS, available
from dispatcher.rendering.notice import Notice, Reader
from tocsin_contracts.words import Kind

from services.dispatcher.tests.rendering import story_after as after
from services.dispatcher.tests.rendering import story_clients as clients
from services.dispatcher.tests.rendering import story_maintenance as work
from services.dispatcher.tests.rendering import story_staff as staff
from services.dispatcher.tests.rendering.cast import ANN_DECIDES, ANN_READS, JO, TOM_READS

EVERY_KIND = {
    "initial": clients.initial,
    "holding_notice": clients.holding,
    "update": clients.updated,
    "no_news": clients.no_news,
    "eta_change": clients.eta_changed,
    "workaround": clients.workaround,
    "correction": clients.corrected,
    "mistaken": clients.mistaken,
    "resolved": clients.resolved,
    "all_well": clients.all_well,
    "cancelled": clients.cancelled,
    "closure": after.closed,
    "meeting_moved": after.meeting_moved,
    "meeting_off": after.meeting_off,
    "review": after.reviewed,
    "reopened": clients.reopened,
    "digest": clients.digest,
    "auto_answer": after.question_noted,
    "answered": after.answered,
    "feedback_request": after.feedback,
    "maintenance_announced": work.announced,
    "maintenance_reminder": work.reminder,
    "maintenance_rescheduled": work.rescheduled,
    "maintenance_cancelled": work.cancelled_work,
    "maintenance_started": work.started,
    "maintenance_ended": work.ended,
    "maintenance_undone": work.undone,
    "maintenance_overrunning": work.overrunning,
    "escalation": staff.escalation,
    "escalation_answer_late": staff.answer_late,
    "escalation_out_of_reach": staff.out_of_reach,
    "escalation_brought_forward": staff.brought_forward,
    "escalation_taken": staff.taken,
    "escalation_handed_over": staff.handed_over,
    "escalation_exhausted": staff.exhausted,
    "approval_request": staff.approval,
    "update_due": staff.word_due,
    "update_overdue": staff.word_overdue,
    "sla_at_risk": staff.at_risk,
    "sla_breached": staff.breached,
    "sla_done_late": staff.done_late,
    "question_received": staff.question,
    "unknown_sender": staff.unknown_sender,
    "staff_note": staff.note,
    "not_needed": staff.not_needed,
    "client_list_at_its_end": staff.client_list_at_its_end,
    "paused": staff.paused,
}
"""By the name of its golden files: each kind, and the variants that read otherwise."""

OF_NO_OUTAGE = {
    "test": after.tried,
    "confirm_destination": after.destination_added,
}
"""What says no more than one thing, and nothing of an outage."""

CLIENTS = [name for name, make in EVERY_KIND.items() if not make().kind.for_staff]
STAFF = [name for name in EVERY_KIND if name not in CLIENTS]
TOLD = [
    (language, name)
    for language in sorted(available())
    for name, make in EVERY_KIND.items()
    if (TEXTS / language / f"{make().kind.value}.j2").exists()
]
"""Each message in each language that has words for it."""


def reader_of(made: Notice, language: str = "en") -> Reader:
    staff = {Kind.APPROVAL_REQUEST: ANN_DECIDES, Kind.ESCALATION_HANDED_OVER: TOM_READS}
    reader = staff.get(made.kind, ANN_READS) if made.kind.for_staff else JO
    if made.escalation is not None and made.escalation.unavailable:
        reader = TOM_READS.model_copy(update={"stands_in_for": "Ann Weiss"})
    return reader.model_copy(update={"locale": language})
