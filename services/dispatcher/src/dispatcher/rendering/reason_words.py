"""Why a step calls, in the reader's language: a phrase without a full stop.

Escalation says it in English and in facts (``Reason``, by the trigger's field name).
"""

from __future__ import annotations

from datetime import timedelta

from tocsin_contracts.events import Reason

from dispatcher.rendering.facts import EscalationFacts
from dispatcher.rendering.language import DEFAULT
from dispatcher.rendering.reading import Reading
from dispatcher.rendering.rich import one_line

OF_PEOPLE = frozenset({"question_unanswered", "question_unanswered_minutes", "contact_unreachable"})
"""About somebody by name, whoever has the client."""
AT_RISK = "sla_at_risk"
SAID_ALREADY = frozenset({"severity_at_least", "unresolved"})
"""Every reason says how severe it is, and for how long it is open."""


def reason_words(facts: EscalationFacts, severity: str, reading: Reading) -> str | None:
    """English readers get the sentence that the timeline shows."""
    if facts.reason and (not facts.why or reading.language.folder == DEFAULT):
        return _phrase(facts.reason)
    if not facts.why:
        return None
    clients = tuple(client.name for client in facts.clients)
    clauses = [
        _filled(reading, "passed_on", names=facts.passed_on_by),
        reading.language.word("reasons", "severity").format(severity=severity),
        _lasting(reading, "open_for", facts.open_minutes),
        *(_clause(one, severity, clients, reading) for one in facts.why),
    ]
    said = ", ".join(filter(None, clauses))
    return said + (_ending(facts, clients, reading) or "")


def _phrase(reason: str) -> str | None:
    """The step's own words."""
    words = one_line(reason)
    return words.rstrip(".") if words else None


def _clause(why: Reason, severity: str, clients: tuple[str, ...], reading: Reading) -> str | None:
    if why.trigger in SAID_ALREADY:
        return None
    return _filled(
        reading,
        _key(why),
        names=why.names or clients,
        minutes=why.minutes,
        count=why.count,
        severity=severity,
    )


def _key(why: Reason) -> str:
    """A promise at risk may be late already: before its moment no minutes are given."""
    late = why.trigger == AT_RISK and why.minutes is not None
    return f"{AT_RISK}_late" if late else why.trigger


def _ending(facts: EscalationFacts, clients: tuple[str, ...], reading: Reading) -> str | None:
    if facts.held_by or any(one.trigger in OF_PEOPLE for one in facts.why):
        return None
    return _filled(reading, "nobody_speaks", names=clients)


def _lasting(reading: Reading, key: str, minutes: int | None) -> str | None:
    return _filled(reading, key, minutes=minutes) if minutes else None


def _filled(
    reading: Reading,
    key: str,
    *,
    names: tuple[str, ...] = (),
    minutes: int | None = None,
    count: int | None = None,
    severity: str = "",
) -> str | None:
    """``None`` for a condition that has no words here, or lacks what its words name."""
    pattern = reading.language.words["reasons"].get(key)
    listed = reading.names(names)
    if pattern is None or ("{names}" in pattern and not listed):
        return None
    if "{count}" in pattern and count is None:
        return None
    length = reading.times.duration(timedelta(minutes=minutes or 0))
    return pattern.format(names=listed, length=length, count=count, severity=severity)
