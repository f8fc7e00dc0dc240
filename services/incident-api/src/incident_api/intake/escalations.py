"""What escalation said, as the state of each client's chain and one sentence for the timeline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tocsin_contracts import events as e
from tocsin_contracts.words import EscalationState

from incident_api.timeline.escalations import Escalation


@dataclass(frozen=True)
class Standing:
    """Where a chain stands after an event; ``state`` ``None``: as before."""

    sentence: str
    state: EscalationState | None
    policy_key: str | None = None
    person: str | None = None
    person_name: str | None = None
    next: e.NextCall | None = None


def standing(event: e.EscalationEvent) -> Standing:
    """One sentence for each type; a type without one of its own is named as it is."""
    return _of_the_chain(event) or _of_a_person(event) or Standing(_named(event), None)


def _of_the_chain(event: e.EscalationEvent) -> Standing | None:
    match event:
        case e.EscalationArmed():
            return Standing(
                f"Escalation by policy '{event.policy_key}' is armed.",
                EscalationState.ARMED,
                event.policy_key,
                next=event.next,
            )
        case e.StepFired():
            return _fired(event)
        case e.StepSkipped():
            return Standing(f"Step {event.step + 1} skipped: {event.reason}", None)
        case e.EscalationExhausted():
            return Standing("Everybody was called and nobody took it.", EscalationState.EXHAUSTED)
        case e.UpdateOverdue():
            return Standing(f"No update was written by {event.due_at:%H:%M} UTC.", None)
        case e.UpdateDue():
            return Standing(f"An update is promised by {event.due_at:%H:%M} UTC.", None)
        case e.EscalationStopped():
            return Standing(f"Escalation stopped: {event.reason}", EscalationState.STOPPED)
    return None


def _of_a_person(event: e.EscalationEvent) -> Standing | None:
    match event:
        case e.EscalationTaken():
            return _held(event, f"{event.person_name} takes it.")
        case e.EscalationHandedOver():
            return _held(event, f"{event.person_name} hands over to {event.to.name}.")
        case e.EscalationDeclined():
            return Standing(f"{event.person_name} passes on{_because(event.reason)}", None)
        case e.TakeExpired():
            return Standing(
                f"{event.person_name} has written nothing in time; it goes on.",
                EscalationState.NOTIFIED,
            )
    return None


def _named(event: e.EscalationEvent) -> str:
    return event.event_type.split(".")[-2].replace("_", " ").capitalize() + "."


def _fired(event: e.StepFired) -> Standing:
    names = ", ".join(f"{called.name} ({called.role})" for called in event.notify) or "nobody"
    by = ", ".join(event.channels)
    late = "" if event.late_by_seconds is None else f" The call was {event.late_by_seconds} s late."
    return Standing(
        f"Brought in {names} by {by}: {event.reason}.{late}",
        EscalationState.NOTIFIED,
        event.policy_key,
        next=event.next,
    )


def _held(event: e.EscalationTaken | e.EscalationHandedOver, sentence: str) -> Standing:
    return Standing(
        sentence, EscalationState.TAKEN, person=event.person, person_name=event.person_name
    )


def _because(reason: str | None) -> str:
    return f": {reason}" if reason else "."


def rows(event: e.EscalationEvent) -> Iterable[Escalation]:
    """The new state of each client the event is about; none where it leaves the state."""
    now = standing(event)
    if now.state is None:
        return
    expires_at = getattr(event, "expires_at", None)
    for client_key in event.client_keys:
        yield Escalation(
            incident_id=event.incident.id,
            client_key=client_key,
            state=now.state,
            reason=now.sentence,
            changed_at=event.at,
            policy_key=now.policy_key,
            person=now.person,
            person_name=now.person_name,
            expires_at=expires_at,
            next_name=now.next.name if now.next else None,
            next_at=now.next.at if now.next else None,
        )
