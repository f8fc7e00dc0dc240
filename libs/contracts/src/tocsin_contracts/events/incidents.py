"""What happens to an incident, and what people answer; on ``tocsin.incidents``."""

from __future__ import annotations

from typing import ClassVar

from tocsin_contracts.envelope import EventData
from tocsin_contracts.incident import (
    Audience,
    FollowUp,
    IncidentSnapshot,
    IncidentUpdate,
    KeptPromises,
    PreventionItem,
)
from tocsin_contracts.model import Model, Moment, PersonKey, Slug
from tocsin_contracts.policies import ChainKind
from tocsin_contracts.words import Decision, Kind, Rating, Severity, Status, Verb


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
    no_news: bool = False
    """Nothing changed: the message is stock text, or one fact beside it."""


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
    promises: dict[Slug, KeptPromises] = {}
    """What each client was promised until now, and what was kept."""


class IncidentCancelled(IncidentEvent):
    event_type = "tocsin.incident.cancelled.v1"
    reason: str


class FollowUpChanged(IncidentEvent):
    """The meeting after a closed incident was set, moved or (``follow_up`` ``None``) called off."""

    event_type = "tocsin.incident.follow_up_changed.v1"
    follow_up: FollowUp | None
    before: FollowUp | None = None
    reason: str | None = None


class HoldingNoticeIssued(IncidentEvent):
    """Nobody published in time, so clients are told that we are checking.

    ``by_hand``: a person sent it before its time.
    """

    event_type = "tocsin.incident.holding_notice_issued.v1"
    audience: Audience
    by_hand: bool = False


class IncidentCorrected(IncidentEvent):
    """What we wrote was wrong; for exactly those who got it.

    ``corrects`` is the id of the event that told it. ``right`` ``None``: it was sent to them by
    mistake and does not concern them.
    """

    event_type = "tocsin.incident.corrected.v1"
    corrects: str
    update_id: str
    wrong: str
    told_at: Moment
    right: str | None
    action: str | None = None


class IncidentLinked(IncidentEvent):
    """It is part of another outage (``parent_id``), whose messages speak for it from now on.

    ``parent_id`` ``None``: it stands alone again. ``by_rule``: no person decided it.
    """

    event_type = "tocsin.incident.linked.v1"
    parent_id: str | None
    parent_ref: str | None
    reason: str
    by_rule: bool = False


class ReviewPublished(IncidentEvent):
    """The post-incident review can be read. ``summary`` is its one sentence."""

    event_type = "tocsin.incident.review_published.v1"
    revision: int
    summary: str | None = None
    open_items: tuple[PreventionItem, ...] = ()
    items: int = 0


class ApprovalDecided(EventData):
    """An approver said yes or no to exactly the content whose SHA-256 is named."""

    event_type = "tocsin.incident.approval_decided.v1"
    incident_id: str
    approval_id: str
    decision: Decision
    content_sha256: str
    by: str
    reason: str | None = None
    decided_at: Moment


class ContactMade(EventData):
    """A person spoke with a client's contact by telephone; counts for the promise."""

    event_type = "tocsin.incident.contact_made.v1"
    incident_id: str
    client_key: Slug
    person: PersonKey
    at: Moment
    note: str | None = None
    actor: str


class FeedbackGiven(EventData):
    """A client's reader says how well they were informed; the account manager reads it."""

    event_type = "tocsin.incident.feedback_given.v1"
    incident_id: str
    incident_ref: str
    client_key: Slug
    person: PersonKey
    person_name: str
    rating: Rating
    text: str | None = None
    at: Moment


class IncidentStepAnswered(EventData):
    """A person answered an escalation by link, portal, console or API; escalation decides.

    ``client_keys`` empty: every client the person was asked about in this incident. ``chain`` is
    the one whose step is brought forward or taken back; a pause holds both of a client.
    """

    event_type = "tocsin.incident.step_answered.v1"
    incident_id: str
    verb: Verb
    person: PersonKey
    client_keys: tuple[Slug, ...] = ()
    chain: ChainKind = ChainKind.ACCOUNT
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
