"""The messages to the provider's own people in the running example."""

from __future__ import annotations

from typing import Any

from dispatcher.rendering.facts import (
    ApprovalFacts,
    EscalationFacts,
    Named,
    NewsFacts,
    PromiseFacts,
    QuestionFacts,
)
from dispatcher.rendering.notice import Notice
from tocsin_contracts.events import NextCall, Reason, TriedCall
from tocsin_contracts.words import (
    Channel,
    Kind,
    OnNoAnswer,
    QuestionSource,
    Severity,
    Status,
)

from services.dispatcher.tests.rendering.cast import ACME_TOLD, ANN, cet, for_staff, notice


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


def answer_late() -> Notice:
    return _concerned(asked_by=("Jo Frei",), answer_due=cet("13:40"))


def out_of_reach() -> Notice:
    return _concerned(unreached=("Jo Frei",))


def brought_forward() -> Notice:
    """For two clients, with all that a step can have to say of why it calls now."""
    named = EscalationFacts(
        clients=(ACME_TOLD, ACME_TOLD.model_copy(update={"name": "Beta AG"})),
        reason="Eva Lang passed it on, critical, open for 15 minutes, not acknowledged, and nobody"
        " speaks for us with ACME and Beta AG yet",
        why=(
            Reason(trigger="severity_at_least", severity=Severity.SEV1, minutes=15),
            Reason(trigger="unacknowledged", minutes=15),
            Reason(trigger="sla_at_risk", names=("ACME",)),
            Reason(trigger="clients_affected_at_least", count=12),
        ),
        open_minutes=15,
        passed_on_by=("Eva Lang",),
        unavailable=(
            "Ann Weiss is away until 1 December, and nobody stands in",
            "nobody is on duty",
        ),
        by="Kim Ode",
        by_reason="Their director is on the phone.",
        due_at=cet("10:07"),
    )
    return for_staff(Kind.ESCALATION, named, at=cet("10:07"))


def not_needed() -> Notice:
    return _news(
        NewsFacts(
            key="not_needed",
            clients=("ACME",),
            by="Eva Lang",
            reason="I speak with them myself.",
        )
    )


def client_list_at_its_end() -> Notice:
    return _news(NewsFacts(key="client_exhausted", clients=("ACME",), tried=("Jo Frei", "Mia Ost")))


def paused() -> Notice:
    facts = NewsFacts(key="paused_until", clients=("ACME",), by="Eva Lang", until=cet("11:00"))
    return _news(facts)


def _news(news: NewsFacts) -> Notice:
    return notice(Kind.STAFF_NOTE, at=cet("10:29"), client=None, account_manager=None, news=news)


def _concerned(**facts: Any) -> Notice:
    """Called for while somebody may have the client."""
    named = EscalationFacts(
        clients=(ACME_TOLD,),
        next=NextCall(name="Tom Klein", at=cet("14:05")),
        due_at=cet("13:55"),
        **facts,
    )
    return for_staff(Kind.ESCALATION, named, at=cet("13:55"))


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


def approval(**facts: object) -> Notice:
    asked = {
        "of": Kind.INITIAL,
        "client": "ACME",
        "subject": "Mail EU: disruption on 24 November [INC-2041]",
        "text": "Mail EU has been unavailable to ACME since 09:52 CET.\n\n"
        "What we know: we do not know the cause yet.",
        "people": ("Jo Frei", "Mia Ost", "Kim Ode"),
        "channels": (Channel.EMAIL, Channel.SMS),
        "decide_by": cet("09:59"),
        "promised": cet("10:02"),
        "on_no_answer": OnNoAnswer.HOLDING_NOTICE,
        **facts,
    }
    approval = ApprovalFacts.model_validate(asked)
    return notice(Kind.APPROVAL_REQUEST, at=cet("09:55"), client=None, approval=approval)


WAITING = ("ACME", "Beta AG", "Gamma", "Delta")


def promise(kind: Kind, at: str, incident: dict[str, object], **facts: object) -> Notice:
    return notice(
        kind,
        at=cet(at),
        client=None,
        account_manager=None,
        incident=incident,
        promise=PromiseFacts.model_validate({"clients": ("ACME",), **facts}),
    )


def word_due() -> Notice:
    return promise(
        Kind.UPDATE_OVERDUE,
        "10:25",
        {},
        clients=WAITING,
        due_at=cet("10:30"),
        next_due_at=cet("11:00"),
        last_told_at=cet("09:58"),
        last_words="Mail EU has been unavailable to ACME since 09:52 CET.",
        then=NextCall(name="Ann Weiss", at=cet("10:40")),
    )


def word_overdue() -> Notice:
    made = word_due()
    assert made.promise is not None
    late = made.promise.model_copy(update={"overdue": True})
    return made.model_copy(update={"at": cet("10:34"), "promise": late})


def at_risk() -> Notice:
    return promise(
        Kind.SLA_AT_RISK,
        "12:54",
        {"status": Status.IDENTIFIED},
        due_at=cet("13:00"),
        every_minutes=30,
        kept=6,
        promised=6,
    )


def breached() -> Notice:
    return promise(
        Kind.SLA_BREACHED,
        "13:04",
        {"status": Status.IDENTIFIED},
        due_at=cet("13:00"),
        every_minutes=30,
        kept=6,
        promised=7,
        month_kept=41,
        month_promised=43,
        reason="no update was written.",
        call=Named(name="Jo Frei", phone="+49 30 23125 207"),
        call_role="it_lead",
    )


def done_late() -> Notice:
    made = breached()
    assert made.promise is not None
    done = made.promise.model_copy(update={"done_at": cet("13:04"), "reason": None})
    return made.model_copy(update={"promise": done})


def question() -> Notice:
    return notice(
        Kind.QUESTION_RECEIVED,
        at=cet("13:41"),
        client=None,
        account_manager=None,
        incident={"status": Status.IDENTIFIED},
        question=QuestionFacts(
            text="Is archived mail safe?",
            asked_at=cet("13:40"),
            channel=QuestionSource.SMS,
            asker="Jo Frei",
            asker_role="it_lead",
            client="ACME",
            answer_by=cet("13:55"),
            then="Eva Lang",
            told_at=cet("13:04"),
            told="Mail EU is still unavailable.",
        ),
    )


def unknown_sender() -> Notice:
    made = question()
    assert made.question is not None
    nobody = {"asker": None, "asker_role": None, "client": None, "number_ending": "207"}
    asked = made.question.model_copy(update={**nobody, "told_at": None, "told": None})
    return made.model_copy(update={"question": asked})


def note() -> Notice:
    return notice(
        Kind.STAFF_NOTE,
        at=cet("10:29"),
        client=None,
        account_manager=None,
        fact="Jo Frei, ACME cannot be reached by email: the address bounced at 10:29 CET.",
    )
