"""What happens to an incident, and what people answer; on ``tocsin.incidents``."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import (
    Audience,
    FollowUp,
    IncidentSnapshot,
    IncidentUpdate,
    PreventionItem,
)
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.words import Kind, Severity, Status, Verb


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
