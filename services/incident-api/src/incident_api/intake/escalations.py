"""What escalation said, as the state of each client's chains."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.words import EscalationState as State

from incident_api.intake.escalation_words import sentence
from incident_api.timeline.standing import CONFIRMED, Escalation, Key

NOBODY: Mapping[str, Any] = {"person": None, "person_name": None, "expires_at": None}
NO_PAUSE: Mapping[str, Any] = {"paused": False, "paused_until": None}


def keys(event: e.EscalationEvent) -> tuple[Key, ...]:
    """The chains that the event speaks of."""
    return tuple((event.incident.id, client, event.chain.value) for client in event.client_keys)


def details(event: e.EscalationEvent) -> dict[str, Any]:
    """What a line of the timeline holds of it beside its sentence; steps count from 0."""
    names = ("policy_key", "step", "steps", "call", "trigger")
    given = {name: getattr(event, name) for name in names if hasattr(event, name)}
    return {"chain": event.chain.value, **given}


def after(events: Iterable[e.EscalationEvent], known: Mapping[Key, Escalation]) -> list[Escalation]:
    """The chains that ``events`` change, each as it stands after the last of them.

    ``known`` are those that were known before; what is older than it changes nothing.
    """
    found = dict(known)
    for event in events:
        for key in keys(event):
            before = found.get(key) or Escalation(
                *key, state=State.ARMED, reason="", changed_at=event.at
            )
            changes = _changes(event, before, key[1])
            if changes is not None and event.at >= before.changed_at:
                found[key] = replace(before, reason=sentence(event), changed_at=event.at, **changes)
    return [one for key, one in found.items() if one != known.get(key)]


def _changes(
    event: e.EscalationEvent, before: Escalation, client_key: str
) -> dict[str, Any] | None:
    """The fields that differ afterwards; ``None`` where the event leaves the state."""
    return (
        _of_the_clock(event, before, client_key)
        or _of_people(event, before)
        or _of_an_operator(event)
    )


def _of_the_clock(
    event: e.EscalationEvent, before: Escalation, client_key: str
) -> dict[str, Any] | None:
    match event:
        case e.EscalationArmed():
            policy = {"policy_key": event.policy_key, "policy_revision": event.policy_revision}
            fresh = {**NOBODY, **NO_PAUSE, "held_from": None}
            return {**fresh, **policy, "state": State.ARMED, **_next(event.next)}
        case e.StepFired():
            following = event.next_by_client.get(client_key) if event.next_by_client else event.next
            return {"state": _called(before), "policy_key": event.policy_key, **_next(following)}
        case e.EscalationExhausted():
            return {"state": State.EXHAUSTED, **NOBODY, **_next(None)}
        case e.EscalationStopped():
            return {"state": State.STOPPED, **NOBODY, **NO_PAUSE, **_next(None)}
    return None


def _of_an_operator(event: e.EscalationEvent) -> dict[str, Any] | None:
    match event:
        case e.EscalationPaused():
            return {"paused": True, "paused_until": event.until}
        case e.EscalationResumed():
            return dict(NO_PAUSE)
        case e.EscalationEscalated():
            return {"held_from": None}
        case e.EscalationDeEscalated():
            return {"held_from": event.step, **_next(None)}
    return None


def _of_people(event: e.EscalationEvent, before: Escalation) -> dict[str, Any] | None:
    match event:
        case e.EscalationTaken() | e.EscalationHandedOver():
            until = {"expires_at": event.expires_at, **_next(None)}
            return {**_held(event), "state": State.TAKEN, **until}
        case e.EscalationDeclined() if event.person == before.person:
            return {**NOBODY, "state": State.NOTIFIED}
        case e.TakeExpired():
            return {**NOBODY, "state": State.NOTIFIED}
        case e.EscalationConfirmed():
            return {**_held(event), "state": CONFIRMED, "expires_at": None, **_next(None)}
    return None


def _called(before: Escalation) -> str:
    """A call for a late answer, or by hand, takes nothing from whoever has it."""
    return before.state if before.state == State.TAKEN else State.NOTIFIED


def _held(
    event: e.EscalationTaken | e.EscalationHandedOver | e.EscalationConfirmed,
) -> dict[str, Any]:
    return {"person": event.person, "person_name": event.person_name}


def _next(call: e.NextCall | None) -> dict[str, Any]:
    return {
        "next_name": call.name if call else None,
        "next_at": call.at if call else None,
    }
