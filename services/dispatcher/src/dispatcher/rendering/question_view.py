"""A client's question, and what became of it, as variables of a template."""

from __future__ import annotations

from typing import Any

from tocsin_contracts.words import QuestionSource

from dispatcher.rendering.base_view import cut_name
from dispatcher.rendering.client_view import client_view
from dispatcher.rendering.facts import QuestionFacts
from dispatcher.rendering.incident_view import incident_view
from dispatcher.rendering.marks import role_words
from dispatcher.rendering.notice import Notice
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line, rich, shortened

LONGEST_QUOTE = 300
NOT_WRITTEN = frozenset(
    {QuestionSource.PORTAL, QuestionSource.LINK, QuestionSource.PHONE, QuestionSource.VOICE}
)


def asker_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """For whoever asked: the outage as it stands, and the answer, which is the message."""
    view = {**client_view(notice, reading), **_question(notice, reading)}
    return {**view, "message": view["answer"], "over": not notice.outage.status.is_open}


def question_view(notice: Notice, reading: Reading) -> dict[str, Any]:
    """For staff, who are to answer it."""
    return {**incident_view(notice, reading), **_question(notice, reading)}


def _question(notice: Notice, reading: Reading) -> dict[str, Any]:
    """``asked`` and ``told`` are quotes, so never rendered as Markdown; ``asked_by`` is a
    channel in words; ``asker`` ``None``: unknown, and no facts go back."""
    facts = notice.question
    if facts is None:
        raise ValueError(f"a notice of kind {notice.kind} needs question")
    return {
        "asked": _quoted(facts.text),
        "asked_short": shortened(one_line(facts.text) or "", 60),
        "asked_at": reading.at(facts.asked_at),
        "asked_by": reading.language.word("channels", facts.channel.value),
        "back_by": reading.language.word("channels", _back_by(facts.channel).value),
        "by_sms": facts.channel is QuestionSource.SMS,
        "asker": cut_name(facts.asker),
        "asker_client": cut_name(facts.client),
        "asker_role": role_words(reading.language, facts.asker_role) if facts.asker_role else None,
        "number_ending": one_line(facts.number_ending),
        **_answer(facts, reading),
    }


def _back_by(source: QuestionSource) -> QuestionSource:
    """Whoever asked on a page or by telephone is written to."""
    return QuestionSource.EMAIL if source in NOT_WRITTEN else source


def _answer(facts: QuestionFacts, reading: Reading) -> dict[str, Any]:
    return {
        "answer_by": reading.at(facts.answer_by),
        "then_told": cut_name(facts.then),
        "last_told": reading.at(facts.told_at),
        "told": _quoted(facts.told),
        "answer": rich(facts.answer),
        "answered_by": cut_name(facts.answered_by),
    }


def _quoted(text: str | None) -> str | None:
    """Cut at 300 characters, one line."""
    words = one_line(text)
    if words is None or len(words) <= LONGEST_QUOTE:
        return words
    return words[: LONGEST_QUOTE - 1].rstrip() + "…"
