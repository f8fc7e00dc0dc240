"""The messages of the running example, by kind: 24 November 2026, from 09:52 CET on."""

from __future__ import annotations

from dispatcher.rendering.notice import (
    ClosureFacts,
    EscalationFacts,
    Named,
    Notice,
    Reader,
    ReopenedFacts,
    ResolvedFacts,
)
from tocsin_contracts.events import Before, NextCall, TriedCall
from tocsin_contracts.incident import (
    FollowUp,
    PreventionItem,
)
from tocsin_contracts.words import (
    Channel,
    Kind,
    Status,
)

from services.dispatcher.tests.rendering.cast import (
    ACME_TOLD,
    ANN,
    ANN_READS,
    JO,
    cet,
    for_staff,
    notice,
    update,
)


def initial() -> Notice:
    return notice(
        incident={
            "first_steps": "Our storage engineers are checking the failed system and, at the same "
            "time, whether Mail EU can move to backup storage."
        }
    )


def updated() -> Notice:
    return notice(
        Kind.UPDATE,
        at=cet("10:28"),
        next_update_due=cet("11:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("14:00")},
        changed=("status", "eta"),
        before=Before(status=Status.INVESTIGATING),
        update=update(
            "We have found the cause: a storage controller has failed.",
            progress="Mail EU is being moved to backup storage, mailbox by mailbox.",
        ),
    )


def eta_changed() -> Notice:
    return notice(
        Kind.ETA_CHANGE,
        at=cet("11:34"),
        next_update_due=cet("12:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
        changed=("eta",),
        before=Before(eta=cet("14:00")),
        update=update("copying the mailboxes is slower than our first measurement."),
    )


def workaround() -> Notice:
    return notice(
        Kind.WORKAROUND,
        at=cet("12:00"),
        next_update_due=cet("12:30"),
        incident={
            "status": Status.IDENTIFIED,
            "eta": cet("16:00"),
            "workaround": "1. Open https://tempmail.nordlicht.example.\n"
            "2. Sign in with your usual name and password.\n"
            "3. Write and receive as usual.",
        },
        changed=("workaround",),
        update=update(
            "You can send and receive mail again in a temporary mailbox, "
            "from now until Mail EU is back."
        ),
    )


def resolved() -> Notice:
    return notice(
        Kind.RESOLVED,
        at=cet("15:36"),
        next_update_due=None,
        closure_due=cet("18:00", day=26),
        incident={"status": Status.RESOLVED, "resolved_at": cet("15:34")},
        resolved=ResolvedFacts(
            message="Mail kept for you is arriving now; the last of it will be there by 17:00 CET.",
            checks='restart Outlook if it shows "disconnected", '
            "and stop using the temporary mailbox.",
        ),
    )


def cancelled() -> Notice:
    return notice(
        Kind.RESOLVED,
        at=cet("10:05"),
        next_update_due=None,
        incident={"status": Status.CANCELLED},
        cancel_reason="A probe of our monitoring had lost its own connection.",
    )


def closed() -> Notice:
    return notice(
        Kind.CLOSURE,
        at=cet("16:10", day=26),
        next_update_due=None,
        incident={"status": Status.CLOSED, "resolved_at": cet("15:34")},
        closure=ClosureFacts(
            root_cause="a storage controller failed. Its backup should have taken over at once "
            "but refused, because its software was older.",
            steps_taken="moved all mailboxes to other storage, offered a temporary mailbox from "
            "12:00 CET, and delivered the kept mail by 16:48 CET.",
            prevention=(
                PreventionItem(
                    what="Software on every backup controller brought level", due="done 25 November"
                ),
                PreventionItem(
                    what="Take-over tested every month", who="Eva Lang", due="first on 1 December"
                ),
                PreventionItem(
                    what="Failed controller replaced", due="5 December, announced separately"
                ),
            ),
            follow_up=FollowUp(
                starts_at=cet("14:00", day=30),
                duration_minutes=30,
                location="by video",
                organizer_email="ann@nordlicht.example",
            ),
        ),
    )


def reopened() -> Notice:
    return notice(
        Kind.REOPENED,
        at=cet("17:06"),
        next_update_due=cet("17:30"),
        incident={
            "impact": "Reading works, sending fails for some people.",
            "workaround": "Use the temporary mailbox again; its steps are on your status page.",
            "acknowledged_at": cet("17:05"),
        },
        reopened=ReopenedFacts(reopened_at=cet("17:05"), was_resolved_at=cet("15:34")),
    )


def escalation() -> Notice:
    return for_staff(
        Kind.ESCALATION,
        EscalationFacts(
            clients=(ACME_TOLD,),
            next=NextCall(name="Tom Klein", at=cet("10:17")),
            due_at=cet("10:07"),
        ),
        at=cet("10:07"),
    )


def taken() -> Notice:
    return for_staff(
        Kind.ESCALATION_TAKEN,
        EscalationFacts(
            clients=(ACME_TOLD,), taker=ANN, taken_at=cet("10:09"), holds_until=cet("10:39")
        ),
        at=cet("10:09"),
    )


def handed_over() -> Notice:
    return for_staff(
        Kind.ESCALATION_HANDED_OVER,
        EscalationFacts(
            clients=(ACME_TOLD.model_copy(update={"next_word_due": cet("14:30")}),),
            reason="Jo wants a call before each mail.",
            taker=ANN,
            to=Named(name="Tom Klein", phone="+49 30 23125 143"),
            holds_until=cet("14:30"),
        ),
        at=cet("14:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
    )


def exhausted() -> Notice:
    return for_staff(
        Kind.ESCALATION_EXHAUSTED,
        EscalationFacts(
            clients=(ACME_TOLD.model_copy(update={"next_word_due": cet("11:00")}),),
            tried=(
                TriedCall(name="Ann Weiss", channels=(Channel.EMAIL, Channel.SMS), at=cet("10:07")),
                TriedCall(name="Tom Klein", channels=(Channel.VOICE,), at=cet("10:17")),
                TriedCall(name="Eva Lang", channels=(Channel.VOICE,), at=cet("10:27")),
            ),
        ),
        at=cet("10:38"),
    )


EVERY_KIND = {
    "initial": initial,
    "update": updated,
    "eta_change": eta_changed,
    "workaround": workaround,
    "resolved": resolved,
    "cancelled": cancelled,
    "closure": closed,
    "reopened": reopened,
    "escalation": escalation,
    "escalation_taken": taken,
    "escalation_handed_over": handed_over,
    "escalation_exhausted": exhausted,
}


def reader_of(made: Notice) -> Reader:
    return ANN_READS if made.kind.for_staff else JO
