"""What waits for a person's yes, as the variables of its template."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import Kind, OnNoAnswer

from dispatcher.rendering.base_view import base_view, cut_name
from dispatcher.rendering.facts import ApprovalFacts
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line
from dispatcher.rendering.verbatim import verbatim


def approval_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``goes``: without an answer it is sent as it is; ``holding``: the holding notice goes in its
    place; neither: nothing does, and ``called`` hears of it."""
    facts = notice.approval
    if facts is None:
        raise ValueError(f"a notice of kind {notice.kind} needs approval")
    first = facts.of is Kind.INITIAL
    answer = facts.on_no_answer
    people = tuple(facts.people)
    return {
        **base_view(notice, reading),
        "of": _kind_in_words(facts, reading),
        "asked_client": cut_name(facts.client) or reading.phrase("no_client_staff"),
        "their_subject": one_line(facts.subject),
        "their_text": verbatim(facts.text),
        "people": reading.names(people, most=10),
        "people_count": len(people),
        "by_channels": _channels(facts, reading),
        "decide_by": reading.at(facts.decide_by),
        "promised": reading.at(facts.promised),
        "holding": answer is OnNoAnswer.HOLDING_NOTICE and first,
        "goes": answer is OnNoAnswer.SEND or (answer is OnNoAnswer.HOLDING_NOTICE and not first),
        "called": cut_name(facts.if_no_answer),
    }


def _kind_in_words(facts: ApprovalFacts, reading: Reading) -> str:
    words = reading.language.words["kinds"]
    return words.get(facts.of.value, facts.of.value.replace("_", " "))


def _channels(facts: ApprovalFacts, reading: Reading) -> str | None:
    words = (reading.language.word("channels", channel.value) for channel in facts.channels)
    return reading.names(tuple(words), most=len(facts.channels))
