"""The limits of a step beside its trigger: for whom, at which severities, at which hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from tocsin_contracts.policies import Hours, PolicyStep

from escalation.people.hours import WEEKDAYS, is_open, next_opening, zone
from escalation.triggers.facts import Facts, Running
from escalation.triggers.registry import occurrences
from escalation.triggers.rule import Occurrence


def deserved(step: PolicyStep, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    """When the step's condition is true for this client, within its limits."""
    about = (running.client_key, running.kind, running.started_at, running.confirmed)
    return facts.once(step, about, lambda: _deserved(step, running, facts))


def _deserved(step: PolicyStep, running: Running, facts: Facts) -> tuple[Occurrence, ...]:
    if not is_for(step, running.client_key, facts):
        return ()
    found = occurrences(step.trigger, running, facts)
    if not step.severities:
        return found
    listed = listed_since(step, facts)
    if listed is None:
        return ()
    return tuple(replace(one, since=max(one.since, listed)) for one in found)


def is_for(step: PolicyStep, client_key: str, facts: Facts) -> bool:
    if not step.clients and not step.client_tags:
        return True
    tagged = not facts.tags.get(client_key, frozenset()).isdisjoint(step.client_tags)
    return tagged or client_key in step.clients


def listed_since(step: PolicyStep, facts: Facts) -> datetime | None:
    """Since when the incident has one of the step's severities without a break."""
    if facts.severity not in step.severities:
        return None
    since = facts.known_at
    for one in reversed(facts.severities):
        if one.severity not in step.severities:
            break
        since = one.since
    return since


def outside(step: PolicyStep, at: datetime) -> bool:
    """Whether a call at ``at`` is outside the step's hours."""
    return step.hours is not None and not is_open(step.hours, at)


def within_hours(step: PolicyStep, due: datetime) -> datetime:
    """``due``, or the next opening where the step waits for it."""
    if step.hours is None or step.outside_hours == "skip":
        return due
    return next_opening(step.hours, due) or due


def hours_in_words(hours: Hours, at: datetime) -> str:
    """Those of the day of ``at``: ``08:00–18:00 Europe/Berlin``."""
    day = at.astimezone(zone(hours.timezone))
    written = hours.days.get(WEEKDAYS[day.weekday()])
    if written is None:
        return f"none on {day:%A}s, {hours.timezone}"
    return f"{written[0]}–{written[1]} {hours.timezone}"
