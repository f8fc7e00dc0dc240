"""What escalation said, as one sentence for the timeline."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from tocsin_contracts import events as e
from tocsin_contracts.policies import ChainKind


def sentence(event: e.EscalationEvent) -> str:
    """A type without one of its own is named as it is."""
    said = (
        _of_a_step(event) or _of_the_chain(event) or _of_a_person(event) or _of_an_operator(event)
    )
    return said or event.event_type.split(".")[-2].replace("_", " ").capitalize() + "."


def _of_a_step(event: e.EscalationEvent) -> str | None:
    match event:
        case e.StepFired():
            return _fired(event)
        case e.StepSkipped():
            return f"{_steps([event.step])}{_of_whom(event)} skipped: {_ended(event.reason)}"
        case e.StepCancelled():
            verb = "is" if len(event.steps) == 1 else "are"
            steps = _steps(event.steps) + _of_whom(event)
            return f"{steps} {verb} cancelled: {_ended(event.reason)}"
    return None


def _of_the_chain(event: e.EscalationEvent) -> str | None:
    match event:
        case e.EscalationArmed():
            return f"{_whose(event)} by policy '{event.policy_key}' is armed."
        case e.EscalationExhausted() if event.chain is ChainKind.CLIENT:
            said = "Everybody at the client was called and nobody confirmed."
            return said if event.tried else "Nobody at the client could be called."
        case e.EscalationExhausted():
            said = "Everybody was called and nobody took it."
            return said if event.tried else "Nobody could be called."
        case e.UpdateOverdue():
            return f"No update was written by {_clock(event.due_at)}."
        case e.UpdateDue():
            return f"An update is promised by {_clock(event.due_at)}."
        case e.EscalationStopped():
            return f"{_whose(event)} stopped: {_ended(event.reason)}"
    return None


def _of_a_person(event: e.EscalationEvent) -> str | None:
    match event:
        case e.EscalationTaken():
            return f"{event.person_name} takes it."
        case e.EscalationHandedOver():
            return f"{event.person_name} hands over to {event.to.name}{_because(event.reason)}"
        case e.EscalationDeclined():
            return f"{event.person_name} passes on{_because(event.reason)}"
        case e.TakeExpired():
            return f"{event.person_name} has written nothing in time; it goes on."
        case e.EscalationConfirmed():
            return (
                f"{event.person_name} confirms ({event.source}); the client's own escalation has"
                " reached somebody."
            )
    return None


def _of_an_operator(event: e.EscalationEvent) -> str | None:
    match event:
        case e.EscalationPaused():
            until = "" if event.until is None else f" until {_clock(event.until)}"
            return f"{_whose(event)} is paused{until} by {event.by}: {_ended(event.reason)}"
        case e.EscalationResumed() if event.by is None:
            return f"{_whose(event)} goes on: the time of its pause is over."
        case e.EscalationResumed():
            return f"{_whose(event)} goes on, says {event.by}{_because(event.reason)}"
        case e.EscalationEscalated():
            step = _steps([event.step]) + _of_whom(event)
            return f"{step} is brought forward by {event.by}: {_ended(event.reason)}"
        case e.EscalationDeEscalated():
            return (
                f"{event.by} takes it back: {_ended(event.reason)} {_steps([event.step])} and"
                f" those after it call nobody by themselves now.{_not_needed(event.told)}"
            )
    return None


def _fired(event: e.StepFired) -> str:
    names = ", ".join(_called(called) for called in event.notify) or "nobody"
    by = ", ".join(event.channels)
    start = "At the client" if event.chain is ChainKind.CLIENT else "Brought in"
    parts = [
        f"{start}{':' if event.chain is ChainKind.CLIENT else ''} {names} by {by}: {event.reason}.",
        _forced(event),
        *(f"Could not be called: {_ended(one)}" for one in event.unavailable),
        "" if event.late_by_seconds is None else f"The call was {event.late_by_seconds} s late.",
    ]
    return " ".join(part for part in parts if part)


def _called(called: e.Called) -> str:
    away = "" if called.stands_in_for is None else f", for {called.stands_in_for}"
    return f"{called.name} ({called.role.replace('_', ' ')}{away})"


def _forced(event: e.StepFired) -> str:
    if event.by is None:
        return ""
    return f"Brought forward by {event.by}{_because(event.by_reason)}"


def _whose(event: e.EscalationEvent) -> str:
    return "The client's own escalation" if event.chain is ChainKind.CLIENT else "Escalation"


def _of_whom(event: e.EscalationEvent) -> str:
    return " of the client's own escalation" if event.chain is ChainKind.CLIENT else ""


def _steps(steps: Sequence[int]) -> str:
    """People count from one."""
    numbers = [str(step + 1) for step in steps]
    if len(numbers) == 1:
        return f"Step {numbers[0]}"
    return f"Steps {', '.join(numbers[:-1])} and {numbers[-1]}"


def _not_needed(told: Sequence[e.Called]) -> str:
    if not told:
        return ""
    names = ", ".join(called.name for called in told)
    return f" {names} {'hears' if len(told) == 1 else 'hear'} that they are not needed."


def _because(reason: str | None) -> str:
    return f": {_ended(reason)}" if reason else "."


def _ended(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def _clock(moment: datetime) -> str:
    return f"{moment:%H:%M} UTC"
