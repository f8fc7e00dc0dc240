"""Calls that nobody needs any more."""

from __future__ import annotations

from datetime import datetime

from tocsin_contracts.policies import ChainKind

from dispatcher.gating.model import Course, Knowledge, Step

UNACKNOWLEDGED = "unacknowledged"


def step_is_moot(step: Step, known: Knowledge) -> str | None:
    """Why an escalation step is no longer wanted, or ``None``.

    It was decided on the incident's state at ``step.sequence``; what came later counts.
    """
    if known.parent is not None:
        return f"{known.parent} speaks for it"
    if known.settled > step.sequence:
        return "the incident was settled meanwhile"
    if step.trigger == UNACKNOWLEDGED and known.acknowledged > step.sequence:
        return "the incident was acknowledged meanwhile"
    ends = [_ended(step, key, known) for key in step.client_keys]
    return ends[0] if ends and all(ends) else None


def still_open(step: Step, known: Knowledge) -> tuple[str, ...]:
    """Those of the step's clients for whom it is still wanted."""
    return tuple(key for key in step.client_keys if _ended(step, key, known) is None)


def _ended(step: Step, key: str, known: Knowledge) -> str | None:
    """Why it is not wanted for one client any more."""
    if step.word_due is not None:
        # Whoever takes a client has not written to it yet.
        owed = known.words_due.get(key, step.word_due) == step.word_due
        return None if owed else "it was written meanwhile"
    course = known.course(key, step.chain)
    return _answered(step, key, known, course) or _held_back(step, key, course)


def _answered(step: Step, key: str, known: Knowledge, course: Course) -> str | None:
    """A take ends the account team's calls, a confirmation the client's own; neither the other."""
    if step.chain is ChainKind.CLIENT:
        confirmed = _since(course.confirmed_at, step)
        return "somebody at the client confirmed it meanwhile" if confirmed else None
    return "somebody took it meanwhile" if _since(known.takes.get(key), step) else None


def _held_back(step: Step, key: str, course: Course) -> str | None:
    numbers = step.numbers.get(key, ())
    if numbers and all(_since(course.cancelled.get(one), step) for one in numbers):
        return "the step was cancelled meanwhile"
    if step.forced:
        return None
    if _since(course.paused_at, step):
        return "the escalation was paused meanwhile"
    if _since(course.held_at, step) and _all_held(numbers, course.held_from):
        return "an operator took the step back meanwhile"
    return None


def _all_held(numbers: tuple[int, ...], held_from: int | None) -> bool:
    return bool(numbers) and held_from is not None and min(numbers) >= held_from


def _since(at: datetime | None, step: Step) -> bool:
    return at is not None and at > step.at
