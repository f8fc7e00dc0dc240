"""Each thing that escalation says is one sentence that an operator understands."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from incident_api.intake.escalation_words import sentence
from tocsin_contracts import events as e
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.registry import ESCALATIONS
from tocsin_contracts.words import Channel, QuestionSource, Severity, Status, Visibility

NOW = datetime(2026, 11, 24, 9, 52, tzinfo=UTC)
INCIDENT = IncidentSnapshot(
    id="i",
    ref="INC-2041",
    sequence=3,
    title="Mail EU is down",
    severity=Severity.SEV1,
    status=Status.INVESTIGATING,
    visibility=Visibility.PUBLISHED,
    routed=True,
    started_at=NOW,
    known_at=NOW,
)
TOM = e.Called(person="tom", name="Tom Klein", role="deputy")
KIM = e.Called(person="kim", name="Kim Lee", role="escalation_manager", stands_in_for="Ann Weiss")
TRIED = {"tried": ({"name": "Ann Weiss", "channels": ("email",), "at": "2026-11-24T09:00:00Z"},)}
THEIRS = {"chain": ChainKind.CLIENT}
FIRED: dict[str, Any] = {
    "policy_key": "critical",
    "step": 1,
    "call": 0,
    "trigger": "unacknowledged",
    "reason": "not acknowledged",
    "notify": (TOM,),
    "channels": (Channel.VOICE, Channel.SMS),
    "due_at": NOW,
}


def said(kind: type[e.EscalationEvent], **given: Any) -> str:
    return sentence(kind(incident=INCIDENT, client_keys=("acme",), at=NOW, **given))


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        (e.EscalationArmed, {"policy_key": "critical"},
         "Escalation by policy 'critical' is armed."),
        (e.EscalationArmed, {"policy_key": "acmes", **THEIRS},
         "The client's own escalation by policy 'acmes' is armed."),
        (e.StepFired, FIRED, "Brought in Tom Klein (deputy) by voice, sms: not acknowledged."),
        (e.StepFired, {**FIRED, "notify": (KIM,), "late_by_seconds": 40},
         "Brought in Kim Lee (escalation manager, for Ann Weiss) by voice, sms: not acknowledged."
         " The call was 40 s late."),
        (e.StepFired, {**FIRED, "unavailable": ("Ann Weiss is away until 1 December",)},
         "Brought in Tom Klein (deputy) by voice, sms: not acknowledged."
         " Could not be called: Ann Weiss is away until 1 December."),
        (e.StepFired, {**FIRED, **THEIRS},
         "At the client: Tom Klein (deputy) by voice, sms: not acknowledged."),
        (e.StepSkipped, {"policy_key": "x", "step": 0, "call": 0, "reason": "nobody is on duty"},
         "Step 1 skipped: nobody is on duty."),
        (e.StepCancelled, {"policy_key": "x", "steps": (1,), "reason": "It is acknowledged."},
         "Step 2 is cancelled: It is acknowledged."),
        (e.StepCancelled, {"policy_key": "x", "steps": (1, 2, 4), "reason": "over", **THEIRS},
         "Steps 2, 3 and 5 of the client's own escalation are cancelled: over."),
        (e.EscalationPaused, {"by": "noc", "reason": "They asked."},
         "Escalation is paused by noc: They asked."),
        (e.EscalationPaused, {"by": "noc", "reason": "x", "until": NOW + timedelta(minutes=8)},
         "Escalation is paused until 10:00 UTC by noc: x."),
        (e.EscalationResumed, {}, "Escalation goes on: the time of its pause is over."),
        (e.EscalationResumed, {"by": "noc", "reason": "Now"},
         "Escalation goes on, says noc: Now."),
        (e.EscalationEscalated, {"by": "noc", "reason": "Worse", "step": 2},
         "Step 3 is brought forward by noc: Worse."),
        (e.EscalationDeEscalated, {"by": "noc", "reason": "Calm", "step": 2, "told": (TOM, KIM)},
         "noc takes it back: Calm. Step 3 and those after it call nobody by themselves now."
         " Tom Klein, Kim Lee hear that they are not needed."),
        (e.EscalationConfirmed,
         {"person": "jo", "person_name": "Jo Frei", "source": QuestionSource.SMS, **THEIRS},
         "Jo Frei confirms (sms); the client's own escalation has reached somebody."),
        (e.EscalationExhausted, TRIED, "Everybody was called and nobody took it."),
        (e.EscalationExhausted, {"tried": ()}, "Nobody could be called."),
        (e.EscalationExhausted, {**TRIED, **THEIRS},
         "Everybody at the client was called and nobody confirmed."),
        (e.EscalationExhausted, {"tried": (), **THEIRS}, "Nobody at the client could be called."),
        (e.EscalationStopped, {"reason": "The incident is resolved.", **THEIRS},
         "The client's own escalation stopped: The incident is resolved."),
    ],
)  # fmt: skip
def test_what_is_said(kind: type[e.EscalationEvent], given: dict[str, Any], words: str) -> None:
    assert said(kind, **given) == words


def test_no_type_is_left_to_its_name_alone() -> None:
    """A new type of event gets a sentence of its own, or is about promises."""
    worded = {kind.event_type for kind in ESCALATIONS.types if issubclass(kind, e.EscalationEvent)}
    promised = {kind.event_type for kind in e.PromiseEvent.__subclasses__()}
    told = {
        "tocsin.escalation.update_due.v1",
        "tocsin.escalation.update_overdue.v1",
        "tocsin.escalation.taken.v1",
        "tocsin.escalation.declined.v1",
        "tocsin.escalation.handed_over.v1",
        "tocsin.escalation.take_expired.v1",
    } | {
        kind.event_type
        for kind in (
            *(e.EscalationArmed, e.StepFired, e.StepSkipped, e.StepCancelled),
            *(e.EscalationPaused, e.EscalationResumed, e.EscalationEscalated),
            *(e.EscalationDeEscalated, e.EscalationConfirmed, e.EscalationExhausted),
            e.EscalationStopped,
        )
    }
    assert worded - promised == told
