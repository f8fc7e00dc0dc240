"""Every event this version knows, by topic. Past tense, versioned; see docs/contracts.md."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts import directory as doc
from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import (
    Audience,
    FollowUp,
    IncidentSnapshot,
    IncidentUpdate,
    PreventionItem,
)
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.words import (
    Channel,
    DeliveryState,
    Kind,
    Severity,
    StaffRole,
    Status,
    Verb,
)

# ── tocsin.incidents ────────────────────────────────────────────────────────────────────────────


class IncidentEvent(EventData):
    """What every incident event carries.

    ``kind`` is the message it makes for clients, ``None`` if it makes none.
    ``only_clients`` names the clients that message is for; ``None``: everyone in the audience.
    ``next_update_due`` holds the promise of each client whose promise this event moved.
    """

    event_type: ClassVar[str] = ""

    incident: IncidentSnapshot
    audience_version: int
    actor: str
    kind: Kind | None = None
    only_clients: tuple[Slug, ...] | None = None
    next_update_due: dict[Slug, Moment] = {}


class IncidentOpened(IncidentEvent):
    event_type = "tocsin.incident.opened.v1"
    audience: Audience


class IncidentPublished(IncidentEvent):
    event_type = "tocsin.incident.published.v1"
    audience: Audience


class AudienceChanged(IncidentEvent):
    """``added`` clients get the first message, those already told stay to the end."""

    event_type = "tocsin.incident.audience_changed.v1"
    audience: Audience
    added: tuple[Slug, ...] = ()
    removed: tuple[Slug, ...] = ()


class Before(Model):
    """Values that this event replaced; ``None`` where it left them (see ``changed``)."""

    title: str | None = None
    severity: Severity | None = None
    status: Status | None = None
    eta: Moment | None = None
    workaround: str | None = None


class IncidentUpdated(IncidentEvent):
    """A person wrote an update, which may also have moved the state."""

    event_type = "tocsin.incident.updated.v1"
    update: IncidentUpdate
    changed: tuple[str, ...] = ()
    before: Before = Before()


class IncidentChanged(IncidentEvent):
    """Fields were changed without a written update; ``changed`` names them."""

    event_type = "tocsin.incident.changed.v1"
    changed: tuple[str, ...]
    before: Before


class IncidentAcknowledged(IncidentEvent):
    event_type = "tocsin.incident.acknowledged.v1"
    note: str | None = None


class IncidentResolved(IncidentEvent):
    """``closure_due`` holds each client's promised moment for the closing note, if it has one."""

    event_type = "tocsin.incident.resolved.v1"
    message: str | None = None
    checks: str | None = None
    closure_due: dict[Slug, Moment] = {}


class IncidentReopened(IncidentEvent):
    event_type = "tocsin.incident.reopened.v1"
    message: str | None = None
    reopened_at: Moment
    was_resolved_at: Moment


class IncidentClosed(IncidentEvent):
    event_type = "tocsin.incident.closed.v1"
    root_cause: str
    steps_taken: str
    prevention: str | tuple[PreventionItem, ...]
    per_client: dict[Slug, str] = {}
    follow_up: FollowUp | None = None


class IncidentCancelled(IncidentEvent):
    event_type = "tocsin.incident.cancelled.v1"
    reason: str


class IncidentStepAnswered(EventData):
    """A person answered an escalation by link, portal, console or API; escalation decides.

    ``client_keys`` empty: every client the person was asked about in this incident.
    """

    event_type = "tocsin.incident.step_answered.v1"
    incident_id: str
    verb: Verb
    person: PersonKey
    client_keys: tuple[Slug, ...] = ()
    to: PersonKey | None = None
    minutes: int | None = None
    reason: str | None = None
    answered_at: Moment
    by: str


class ClientReleased(EventData):
    """An operator lets one client that waits for its directory revision be told as it is."""

    event_type = "tocsin.operator.client_released.v1"
    incident_id: str
    client_key: Slug
    actor: str


# ── tocsin.directory (compacted, one partition) ─────────────────────────────────────────────────


class DirectoryEvent(EventData):
    """``revision`` is that of the apply it came with; a document of ``None`` removes the entry."""

    event_type: ClassVar[str] = ""
    revision: int
    key: Slug


class ProviderChanged(DirectoryEvent):
    event_type = "tocsin.provider.changed.v1"
    document: doc.Provider | None


class ClientChanged(DirectoryEvent):
    event_type = "tocsin.client.changed.v1"
    document: doc.Client | None


class SystemChanged(DirectoryEvent):
    event_type = "tocsin.system.changed.v1"
    document: doc.System | None


class TeamChanged(DirectoryEvent):
    event_type = "tocsin.team.changed.v1"
    document: doc.AccountTeam | None


class PlanChanged(DirectoryEvent):
    event_type = "tocsin.plan.changed.v1"
    document: doc.CommunicationPlan | None


class PolicyChanged(DirectoryEvent):
    event_type = "tocsin.policy.changed.v1"
    document: doc.EscalationPolicy | None


class RevisionCompleted(EventData):
    """Everything up to ``revision`` has been published on this topic."""

    event_type = "tocsin.directory.revision_completed.v1"
    revision: int


# ── tocsin.contacts (compacted, one partition, dispatcher alone) ────────────────────────────────


class ContactChanged(EventData):
    """Addresses of one person: a client's contact, or staff where ``client_key`` is ``None``.

    A ``None`` for ``addresses`` means removed.
    """

    event_type = "tocsin.contact.changed.v1"
    revision: int
    client_key: Slug | None
    person: PersonKey
    name: str
    addresses: doc.Addresses | None


# ── tocsin.notifications ────────────────────────────────────────────────────────────────────────


class PlannedDelivery(Model):
    """One message to one destination. ``client_key`` is ``None`` for a message to staff."""

    delivery_id: str
    client_key: Slug | None
    person: PersonKey
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    state: DeliveryState
    reason: str | None = None
    because: str


class NotificationPlanned(EventData):
    event_type = "tocsin.notification.planned.v1"
    incident_id: str
    cause_id: str
    """The event that these messages tell of."""
    kind: Kind
    deliveries: tuple[PlannedDelivery, ...]


class Outcome(Model):
    """What became of one delivery; ``attempt`` counts from 1, 0 where none was made."""

    delivery_id: str
    cause_id: str
    kind: Kind
    client_key: Slug | None
    person: PersonKey
    channel: Channel
    state: DeliveryState
    reason: str | None = None
    attempt: int
    provider_id: str | None = None
    at: Moment


class OutcomesRecorded(EventData):
    """At most 500 outcomes of one incident, gathered for at most 100 ms."""

    event_type = "tocsin.notification.outcomes_recorded.v1"
    incident_id: str
    outcomes: tuple[Outcome, ...]


class ClientWaiting(EventData):
    """A client is not told yet: the dispatcher's directory is older than the event names."""

    event_type = "tocsin.notification.client_waiting.v1"
    incident_id: str
    client_key: Slug
    needs_revision: int
    has_revision: int


# ── tocsin.escalations ──────────────────────────────────────────────────────────────────────────


class EscalationEvent(EventData):
    """What every escalation event carries.

    ``incident`` is the state the decision was made on; ``client_keys`` are the clients it is about.
    """

    event_type: ClassVar[str] = ""
    incident: IncidentSnapshot
    client_keys: tuple[Slug, ...]
    at: Moment
    kind: Kind | None = None


class Called(Model):
    """A person a step calls, and in which role."""

    person: PersonKey
    name: str
    role: StaffRole


class NextCall(Model):
    name: str
    at: Moment


class TriedCall(Model):
    name: str
    channels: tuple[Channel, ...]
    at: Moment


class EscalationArmed(EscalationEvent):
    """The clock of these clients' policy runs, from the opening or after a reopening."""

    event_type = "tocsin.escalation.armed.v1"
    policy_key: Slug
    next: NextCall | None = None


class StepFired(EscalationEvent):
    """One step brings people in. ``trigger`` is the trigger's field name, ``reason`` its words.

    ``call`` is 0 for the first call of a step and counts its repeats. ``late_by_seconds`` is set
    where our own service was interrupted.
    """

    event_type = "tocsin.escalation.step_fired.v1"
    policy_key: Slug
    step: int
    call: int
    trigger: str
    reason: str
    notify: tuple[Called, ...]
    channels: tuple[Channel, ...]
    next: NextCall | None = None
    due_at: Moment
    late_by_seconds: int | None = None


class StepSkipped(EscalationEvent):
    event_type = "tocsin.escalation.step_skipped.v1"
    policy_key: Slug
    step: int
    call: int
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


class EscalationExhausted(EscalationEvent):
    event_type = "tocsin.escalation.exhausted.v1"
    tried: tuple[TriedCall, ...]


class EscalationStopped(EscalationEvent):
    event_type = "tocsin.escalation.stopped.v1"
    reason: str
