"""The incident and its audience as events carry them."""

from __future__ import annotations

from pydantic import Field

from tocsin_contracts.model import Model, Moment, Slug
from tocsin_contracts.words import (
    AlertsDuring,
    ImpactLevel,
    MaintenanceOutcome,
    MaintenanceStatus,
    Severity,
    Status,
    Visibility,
)


class IncidentSnapshot(Model):
    """The whole state of an incident at one sequence; a consumer never asks back."""

    id: str
    ref: str
    sequence: int
    title: str
    description: str | None = None
    severity: Severity
    status: Status
    visibility: Visibility
    routed: bool
    drill: bool = False
    impact: str | None = None
    impact_level: ImpactLevel | None = None
    system_keys: tuple[Slug, ...] = ()
    first_steps: str | None = None
    eta: Moment | None = None
    workaround: str | None = None
    started_at: Moment
    known_at: Moment
    acknowledged_at: Moment | None = None
    acknowledged_by: str | None = None
    resolved_at: Moment | None = None
    closed_at: Moment | None = None
    previous_incident_id: str | None = None
    parent_id: str | None = None
    root_cause: str | None = None
    holding_notice_at: Moment | None = None
    """When clients were told that we are checking, before anybody had confirmed it."""


class AudienceClient(Model):
    """One concerned client, and what it was promised.

    ``client_revision`` is the directory revision without which it must not be told.
    ``plan_key`` and ``severity_entry`` name the plan entry that applies: precedence is decided.
    ``own_plan_key`` names the plan whose quiet hours, approval, cap, wording and drills apply
    (``None``: ``plan_key``'s; the two differ where the plan does not name the severity).
    ``escalation_policy`` brings in our own people, ``confirmation_policy`` the client's.
    ``systems`` are those the client itself uses, ``via`` those that failed beneath them.
    """

    client_key: Slug
    client_revision: int
    plan_key: Slug
    severity_entry: Severity
    own_plan_key: Slug | None = None
    escalation_policy: Slug | None = None
    confirmation_policy: Slug | None = None
    systems: tuple[Slug, ...]
    via: tuple[Slug, ...] = ()
    first_notice_due: Moment | None = None
    next_update_due: Moment | None = None
    closure_due: Moment | None = None
    because: str


class Audience(Model):
    version: int
    clients: tuple[AudienceClient, ...]


class PreventionItem(Model):
    what: str
    who: str | None = None
    due: str | None = Field(default=None, description="a date, or words such as 'done'")


class FollowUp(Model):
    """A meeting. ``sequence`` counts its changes, as iCalendar does (RFC 5545, 3.8.7.4)."""

    starts_at: Moment
    duration_minutes: int
    location: str
    organizer_email: str
    sequence: int = 0


class KeptPromises(Model):
    """What one client was promised in an outage and what became of it.

    Minutes are whole ones; ``latest_by_minutes`` is of the word that was latest.
    """

    first_within_minutes: int | None = None
    first_after_minutes: int | None = None
    updates_promised: int = 0
    updates_kept: int = 0
    latest_by_minutes: int | None = None


class MaintenanceSnapshot(Model):
    """The whole state of a maintenance window at one sequence.

    ``calendar_sequence`` counts its changes of time, as iCalendar does.
    """

    id: str
    ref: str
    sequence: int
    title: str
    status: MaintenanceStatus
    overrun: bool = False
    system_keys: tuple[Slug, ...] = ()
    starts_at: Moment
    ends_at: Moment
    impact: str | None = None
    impact_level: ImpactLevel | None = None
    purpose: str | None = None
    preparation: str | None = None
    object_by: Moment | None = None
    alerts: AlertsDuring = AlertsDuring.MARK
    remind_hours_before: tuple[float, ...] = ()
    calendar_sequence: int = 0
    started_at: Moment | None = None
    ended_at: Moment | None = None
    outcome: MaintenanceOutcome | None = None


class IncidentUpdate(Model):
    """What a person wrote as new. ``client_keys`` ``None``: every client of the audience."""

    id: str
    message: str
    progress: str | None = None
    watch_until: Moment | None = None
    client_keys: tuple[Slug, ...] | None = None
    internal_only: bool = False
    occurred_at: Moment
