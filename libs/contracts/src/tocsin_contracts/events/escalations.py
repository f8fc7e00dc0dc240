"""Who is brought in and who has it; on ``tocsin.escalations``."""

from __future__ import annotations

from typing import ClassVar, Literal

from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import IncidentSnapshot
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.policies import ChainKind, EscalationPolicy
from tocsin_contracts.words import Channel, Kind, QuestionSource, Severity


class EscalationEvent(EventData):
    """What every escalation event carries.

    ``incident`` is the state the decision was made on; ``client_keys`` are the clients it is about;
    ``chain`` says whether our own people are brought in or the client's.
    """

    event_type: ClassVar[str] = ""
    incident: IncidentSnapshot
    chain: ChainKind = ChainKind.ACCOUNT
    client_keys: tuple[Slug, ...]
    at: Moment
    kind: Kind | None = None


class Called(Model):
    """A person a step calls, and in which role.

    ``stands_in_for`` names whoever holds the role and is away; ``person`` is a key of the account
    team's people, in a client's own chain of the client's contacts.
    """

    person: PersonKey
    name: str
    role: str
    stands_in_for: str | None = None


class NextCall(Model):
    name: str
    at: Moment


class TriedCall(Model):
    name: str
    channels: tuple[Channel, ...]
    at: Moment


class Reason(Model):
    """One condition that came true, for whoever puts it into words of another language.

    ``trigger`` is its field name; ``minutes`` how long it has been so or how late it is, ``names``
    the people or clients it is about, ``count`` how many clients.
    """

    trigger: str
    severity: Severity | None = None
    minutes: int | None = None
    names: tuple[str, ...] = ()
    count: int | None = None


class MadeCall(Model):
    """One call of a step of the client's own policy.

    ``occurrence`` tells apart the times at which its condition came true, where it may do so again.
    ``turns`` is how many channels take turns in one round of the step.
    """

    step: int
    call: int
    occurrence: str = ""
    turns: int = 1
    due_at: Moment


class EscalationArmed(EscalationEvent):
    """The clock of these clients' policy runs, from the opening or after a reopening.

    ``policy_revision`` is the directory revision in which the policy was last changed, ``policy``
    what it said: that is kept to the end.
    """

    event_type = "tocsin.escalation.armed.v1"
    policy_key: Slug
    policy_revision: int | None = None
    policy: EscalationPolicy | None = None
    next: NextCall | None = None


class StepFired(EscalationEvent):
    """One step brings people in. ``trigger`` is the trigger's field name, ``reason`` its words.

    ``why`` says the same in facts, ``open_minutes`` how long the outage is known,
    ``passed_on_by`` who declined and ``unavailable`` who could not be called before, a clause each.
    ``by`` is the operator who brought the step forward, ``by_reason`` why.
    ``call`` is 0 for the first call of a step and counts its repeats. ``late_by_seconds`` is set
    where our own service was interrupted.
    """

    event_type = "tocsin.escalation.step_fired.v1"
    policy_key: Slug
    step: int
    call: int
    trigger: str
    reason: str
    why: tuple[Reason, ...] = ()
    open_minutes: int | None = None
    passed_on_by: tuple[str, ...] = ()
    unavailable: tuple[str, ...] = ()
    by: str | None = None
    by_reason: str | None = None
    notify: tuple[Called, ...]
    channels: tuple[Channel, ...]
    next: NextCall | None = None
    next_by_client: dict[Slug, NextCall] = {}
    """Where it differs between the clients (``next`` is the earliest): who is called for each. A
    client left out has nobody else on the list."""
    due_at: Moment
    late_by_seconds: int | None = None
    calls: dict[Slug, tuple[MadeCall, ...]] = {}
    """By client every call that this makes: ``step`` and ``call`` are the first one's."""
    watched: dict[Slug, tuple[str, ...]] = {}
    """By client the questions without an answer, or the people out of reach, that it is about."""
    about: tuple[str, ...] = ()
    """The names of those who asked, or are out of reach; ``about_since``: when the first of the
    answers was due, or the first of them was found so."""
    about_since: Moment | None = None


class StepSkipped(EscalationEvent):
    """A call that was due and reached nobody: ``reason`` says why in a sentence.

    ``outcome``: nobody could be called, which ends the step; the call alone was left out; or it was
    due so long ago that it would mislead. ``calls`` as in :class:`StepFired`.
    """

    event_type = "tocsin.escalation.step_skipped.v1"
    policy_key: Slug
    step: int
    call: int
    trigger: str = ""
    reason: str
    outcome: Literal["skipped", "outside_hours", "stale"] = "skipped"
    calls: dict[Slug, tuple[MadeCall, ...]] = {}


class StepCancelled(EscalationEvent):
    """Steps that had still to call somebody and will not: acknowledged, less severe, at an end.

    What a take or a pause only holds back is not cancelled.
    """

    event_type = "tocsin.escalation.step_cancelled.v1"
    policy_key: Slug
    steps: tuple[int, ...]
    reason: str


class EscalationTaken(EscalationEvent):
    """``told`` are those called before, who now hear that somebody has it."""

    event_type = "tocsin.escalation.taken.v1"
    person: PersonKey
    person_name: str
    expires_at: Moment
    told: tuple[Called, ...] = ()


class EscalationDeclined(EscalationEvent):
    event_type = "tocsin.escalation.declined.v1"
    person: PersonKey
    person_name: str
    reason: str | None = None


class EscalationHandedOver(EscalationEvent):
    """``person`` asks ``to`` to take over, and keeps it until then or until ``expires_at``."""

    event_type = "tocsin.escalation.handed_over.v1"
    person: PersonKey
    person_name: str
    to: Called
    reason: str | None = None
    expires_at: Moment


class TakeExpired(EscalationEvent):
    event_type = "tocsin.escalation.take_expired.v1"
    person: PersonKey
    person_name: str


class EscalationPaused(EscalationEvent):
    """An operator holds all calls, until ``until`` or for good. ``by`` is in words."""

    event_type = "tocsin.escalation.paused.v1"
    by: str
    reason: str
    until: Moment | None = None


class EscalationResumed(EscalationEvent):
    """``by`` ``None``: the pause's time is over."""

    event_type = "tocsin.escalation.resumed.v1"
    by: str | None = None
    reason: str | None = None


class EscalationEscalated(EscalationEvent):
    """An operator brings the next step forward: ``step``."""

    event_type = "tocsin.escalation.escalated.v1"
    by: str
    reason: str
    step: int


class EscalationDeEscalated(EscalationEvent):
    """An operator takes the last step back: no step from ``step`` on calls by itself any more, and
    ``told``, whom only those had called, hear that they are not needed."""

    event_type = "tocsin.escalation.de_escalated.v1"
    by: str
    reason: str
    step: int
    told: tuple[Called, ...] = ()


class EscalationConfirmed(EscalationEvent):
    """Somebody at the client has confirmed: its own chain is at its end."""

    event_type = "tocsin.escalation.confirmed.v1"
    person: PersonKey
    person_name: str
    source: QuestionSource


class EscalationExhausted(EscalationEvent):
    event_type = "tocsin.escalation.exhausted.v1"
    tried: tuple[TriedCall, ...]


class EscalationStopped(EscalationEvent):
    event_type = "tocsin.escalation.stopped.v1"
    reason: str
