"""What clients read after the end of the running example, and in answer to a question."""

from __future__ import annotations

from datetime import datetime

from dispatcher.rendering.facts import (
    ClosureFacts,
    MeetingFacts,
    QuestionFacts,
    ReviewFacts,
)
from dispatcher.rendering.notice import Notice
from tocsin_contracts.incident import FollowUp, KeptPromises, PreventionItem
from tocsin_contracts.words import Kind, QuestionSource, Status

from services.dispatcher.tests.rendering.cast import ACME, PROVIDER, cet, notice


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
            follow_up=_call(cet("14:00", day=30)),
            promises=KeptPromises(
                first_within_minutes=10,
                first_after_minutes=6,
                updates_promised=11,
                updates_kept=10,
                latest_by_minutes=4,
            ),
        ),
    )


def meeting_moved() -> Notice:
    return _meeting(
        MeetingFacts(before=_call(cet("14:00", day=30)), now=_call(cet("10:00", day=1, month=12)))
    )


def meeting_off() -> Notice:
    return _meeting(
        MeetingFacts(before=_call(cet("14:00", day=30)), now=None, reason="Ann Weiss is ill.")
    )


def _meeting(change: MeetingFacts) -> Notice:
    return notice(
        Kind.CLOSURE,
        at=cet("09:10", day=27),
        next_update_due=None,
        incident={"status": Status.CLOSED, "resolved_at": cet("15:34")},
        meeting=change,
    )


def _call(starts_at: datetime) -> FollowUp:
    return FollowUp(
        starts_at=starts_at,
        duration_minutes=30,
        location="by video",
        organizer_email="ann@nordlicht.example",
    )


def reviewed() -> Notice:
    return notice(
        Kind.REVIEW,
        at=cet("11:00", day=30),
        next_update_due=None,
        incident={
            "status": Status.CLOSED,
            "resolved_at": cet("15:34"),
            "root_cause": "A storage controller and its backup failed together. More is known.",
        },
        review=ReviewFacts(
            summary="a storage controller and its backup failed together; mail was out for "
            "5 hours 42 minutes; from December we test the take-over every month.",
            open_items=(PreventionItem(what="Failed controller replaced", due="5 December"),),
            items=3,
        ),
    )


def question_noted() -> Notice:
    return notice(
        Kind.AUTO_ANSWER,
        at=cet("13:41"),
        next_update_due=cet("14:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
        question=_question(answer_by=cet("13:55")),
    )


def answered() -> Notice:
    return notice(
        Kind.ANSWERED,
        at=cet("13:50"),
        next_update_due=cet("14:00"),
        incident={"status": Status.IDENTIFIED, "eta": cet("16:00")},
        question=_question(
            answer="Yes. The archive is on other storage and was not touched. "
            "You cannot open it until Mail EU is back.",
            answered_by="Ann Weiss",
        ),
    )


def _question(**facts: object) -> QuestionFacts:
    return QuestionFacts.model_validate(
        {
            "text": "Is archived mail safe?",
            "asked_at": cet("13:40"),
            "channel": QuestionSource.EMAIL,
            "asker": "Jo Frei",
            "asker_role": "it_lead",
            "client": "ACME",
            "subject": "Archived mail",
            **facts,
        }
    )


def feedback() -> Notice:
    return notice(
        Kind.FEEDBACK_REQUEST,
        at=cet("16:10", day=27),
        next_update_due=None,
        incident={"status": Status.CLOSED, "resolved_at": cet("15:34")},
    )


def tried() -> Notice:
    return _of_no_outage(Kind.TEST)


def destination_added() -> Notice:
    return _of_no_outage(Kind.CONFIRM_DESTINATION)


def _of_no_outage(kind: Kind) -> Notice:
    return Notice(id=f"of-{kind.value}", kind=kind, at=cet("10:00"), provider=PROVIDER, client=ACME)
