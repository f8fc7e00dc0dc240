"""What escalation says in the stories, beside a step of the account team and its take."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from tocsin_contracts import events as e
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Channel, QuestionSource, StaffRole

from services.dispatcher.tests.facts import step_fired

ANN = e.Called(person="ann", name="Ann Weiss", role=StaffRole.ACCOUNT_MANAGER)
TOM = e.Called(person="tom", name="Tom Klein", role=StaffRole.DEPUTY)
MIA = e.Called(person="mia", name="Mia Roth", role="ceo")


def contact_called(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.StepFired:
    """The client's own escalation calls its chief executive."""
    values: dict[str, Any] = {
        "chain": ChainKind.CLIENT,
        "policy_key": "acme-own",
        "trigger": "unconfirmed",
        "reason": "nobody at ACME has confirmed for 20 minutes",
        "notify": (MIA,),
        "channels": (Channel.SLACK,),
        **given,
    }
    return step_fired(incident, at, **values)


def _about(incident: IncidentSnapshot, at: datetime, given: dict[str, Any]) -> dict[str, Any]:
    return {"incident": incident, "client_keys": ("acme",), "at": at, **given}


def confirmed(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationConfirmed:
    who = {"person": "jo", "person_name": "Jo Frei", "source": QuestionSource.LINK}
    given = {"chain": ChainKind.CLIENT, **who, **given}
    return e.EscalationConfirmed(**_about(incident, at, given))


def paused(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationPaused:
    given = {"by": "Eva Lang", "reason": "the client is on the phone", **given}
    return e.EscalationPaused(**_about(incident, at, given))


def resumed(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationResumed:
    return e.EscalationResumed(**_about(incident, at, given))


def de_escalated(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationDeEscalated:
    given = {"by": "Eva Lang", "reason": "I speak with them myself", "step": 0, **given}
    return e.EscalationDeEscalated(**_about(incident, at, given))


def cancelled(incident: IncidentSnapshot, at: datetime, *steps: int) -> e.StepCancelled:
    given = {"policy_key": "critical", "steps": steps, "reason": "it is less severe now"}
    return e.StepCancelled(**_about(incident, at, given))


def handed_over(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationHandedOver:
    given = {
        "person": "ann",
        "person_name": "Ann Weiss",
        "to": TOM,
        "expires_at": at + timedelta(minutes=30),
        **given,
    }
    return e.EscalationHandedOver(**_about(incident, at, given))


def declined(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationDeclined:
    return e.EscalationDeclined(
        **_about(incident, at, {"person": "tom", "person_name": "Tom Klein", **given})
    )


def take_expired(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.TakeExpired:
    return e.TakeExpired(
        **_about(incident, at, {"person": "tom", "person_name": "Tom Klein", **given})
    )


def exhausted(incident: IncidentSnapshot, at: datetime, **given: Any) -> e.EscalationExhausted:
    return e.EscalationExhausted(**_about(incident, at, {"tried": (), **given}))
