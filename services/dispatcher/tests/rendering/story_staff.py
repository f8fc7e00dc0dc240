"""The messages to the provider's own people in the running example."""

from __future__ import annotations

from dispatcher.rendering.notice import EscalationFacts, Named, Notice
from tocsin_contracts.events import NextCall, TriedCall
from tocsin_contracts.words import Channel, Kind, Status

from services.dispatcher.tests.rendering.cast import ACME_TOLD, ANN, cet, for_staff


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
