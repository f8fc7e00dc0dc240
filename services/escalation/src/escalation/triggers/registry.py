"""Every trigger by its field name, and conditions of several combined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import product

from tocsin_contracts.policies import Trigger

from escalation.triggers import asking, promised, severity, spread, standing
from escalation.triggers.facts import Facts, Running
from escalation.triggers.rule import Occurrence, Rule

RULES: Mapping[str, Rule] = {
    **severity.RULES,
    **standing.RULES,
    **promised.RULES,
    **asking.RULES,
    **spread.RULES,
}

ALL = "all"

JOINED = "&"
"""Between the ids of what is true together."""


def field_of(trigger: Trigger) -> tuple[str, object]:
    """The one field that is set, and its value. No dump: this runs for each step at every look."""
    for name, value in trigger.__dict__.items():
        if value is not None:
            return name, value
    return "", None


def occurrences(trigger: Trigger, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """Every time that ``trigger`` is true for this client; none: it is not."""
    name, value = field_of(trigger)
    rule = RULES.get(name)
    if rule is not None:
        return rule.occurrences(value, running, facts)
    parts = [occurrences(part, running, facts) for part in parts_of(trigger)]
    return _each(parts) if name == ALL else _either(parts)


def parts_of(trigger: Trigger) -> tuple[Trigger, ...]:
    return trigger.all or trigger.any or ()


def leaves(trigger: Trigger) -> Iterator[tuple[str, object]]:
    """The fields that conditions come down to, and their values."""
    parts = parts_of(trigger)
    if not parts:
        yield field_of(trigger)
    for part in parts:
        yield from leaves(part)


def comes_again(trigger: Trigger) -> bool:
    """It may be true another time later, whatever was called for before."""
    return any(RULES[name].comes_again for name, _ in leaves(trigger) if name in RULES)


def watches_people(trigger: Trigger) -> bool:
    """It is about somebody who waits or cannot be reached, of whom whoever has the client may not
    know: so they are called too, and those who passed the client on."""
    return any(RULES[name].watches_people for name, _ in leaves(trigger) if name in RULES)


def _each(parts: Sequence[Sequence[Occurrence]]) -> tuple[Occurrence, ...]:
    """True once all of them are."""
    return tuple(_together(chosen) for chosen in product(*parts)) if parts else ()


def _together(chosen: Sequence[Occurrence]) -> Occurrence:
    return Occurrence(
        id=JOINED.join(one.id for one in chosen if one.id),
        since=max(one.since for one in chosen),
        leaves=tuple(leaf for one in chosen for leaf in one.leaves),
    )


def _either(parts: Sequence[Sequence[Occurrence]]) -> tuple[Occurrence, ...]:
    """True once one of them is; the same occurrence of two counts from the earlier."""
    found: dict[str, Occurrence] = {}
    for one in (one for part in parts for one in part):
        known = found.get(one.id)
        found[one.id] = one if known is None else _merged(known, one)
    return tuple(found.values())


def _merged(known: Occurrence, other: Occurrence) -> Occurrence:
    return Occurrence(known.id, min(known.since, other.since), (*known.leaves, *other.leaves))


def no_longer(trigger: Trigger, occurrence: str, running: Running, facts: Facts) -> str:
    """Why ``occurrence`` is not true any more, in a sentence: the first condition that is not."""
    ids = occurrence.split(JOINED)
    for name, value in leaves(trigger):
        rule = RULES.get(name)
        if rule is None:
            continue
        true = {one.id for one in rule.occurrences(value, running, facts)}
        if not true or (rule.comes_again and true.isdisjoint(ids)):
            return rule.over(facts)
    return ""
