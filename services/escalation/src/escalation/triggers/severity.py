"""How severe it is, and that it became more severe."""

from __future__ import annotations

from tocsin_contracts.words import Severity

from escalation.triggers.facts import Facts, Running
from escalation.triggers.rule import NEVER, Leaf, Occurrence, Rule, Told, lasting


def _at_least(level: Severity, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    since = facts.severity_since.get(level)
    return NEVER if since is None else lasting("severity_at_least", since, running)


def _raised(_true: bool, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """Each raise of the present round that was not taken back since."""
    spans = facts.severities
    found: list[Occurrence] = []
    for index in range(1, len(spans)):
        raised, since = spans[index].severity, spans[index].since
        more_severe = not spans[index - 1].severity.at_least(raised)
        kept = all(later.severity.at_least(raised) for later in spans[index:])
        if more_severe and kept and since >= running.started_at:
            leaf = Leaf("severity_raised", since.isoformat(), since)
            found.append(Occurrence(leaf.id, since, (leaf,)))
    return tuple(found)


def _nothing_more(_told: Told) -> str:
    """Every reason begins with the severity."""
    return ""


def _lowered(facts: Facts) -> str:
    return f"The severity is {facts.severity.words} now."


RULES = {
    "severity_at_least": Rule(_at_least, _nothing_more, _lowered),
    "severity_raised": Rule(
        _raised, lambda told: f"raised to {told.severity.words}", _lowered, comes_again=True
    ),
}
