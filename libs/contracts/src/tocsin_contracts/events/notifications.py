"""What was planned for whom and what became of it; on ``tocsin.notifications``."""

from __future__ import annotations

from tocsin_contracts.envelope import EventData
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.words import Channel, DeliveryState, Kind, OnNoAnswer


class PlannedDelivery(Model):
    """One message to one destination. ``client_key`` is ``None`` for a message to staff.

    ``rules`` are the places of the plan's notify rules that it serves, from 0: the promise is kept
    once each rule has one accepted message. ``waits_until`` is set with the state ``waiting``.
    """

    delivery_id: str
    client_key: Slug | None
    person: PersonKey
    person_name: str
    roles: tuple[str, ...]
    channel: Channel
    state: DeliveryState
    reason: str | None = None
    because: str
    rules: tuple[int, ...] = ()
    waits_until: Moment | None = None


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


class ApprovalRequested(EventData):
    """A client's message waits for a yes until ``decide_by``.

    ``content_sha256`` is over everything that will be said; a newer text voids the approval and
    asks afresh (``voids`` names the one it replaces).
    """

    event_type = "tocsin.notification.approval_requested.v1"
    incident_id: str
    approval_id: str
    client_key: Slug
    kind: Kind
    cause_id: str
    subject: str
    body: str
    content_sha256: str
    people: int
    channels: tuple[Channel, ...]
    approver: PersonKey
    approver_name: str
    decide_by: Moment
    on_no_answer: OnNoAnswer
    voids: str | None = None


class ApprovalEnded(EventData):
    """What became of a request: ``outcome`` in one sentence, and whether the message goes."""

    event_type = "tocsin.notification.approval_ended.v1"
    incident_id: str
    approval_id: str
    outcome: str
    sent: bool
    at: Moment
