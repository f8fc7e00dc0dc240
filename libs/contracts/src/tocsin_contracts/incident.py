"""The incident and its audience as events carry them."""

from __future__ import annotations

from pydantic import Field

from tocsin_contracts.model import Model, Moment, Slug
from tocsin_contracts.words import ImpactLevel, Severity, Status, Visibility


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


class AudienceClient(Model):
    """One concerned client, and what it was promised.

    ``client_revision`` is the directory revision without which it must not be told.
    ``plan_key`` and ``severity_entry`` name the plan entry that applies: precedence is decided.
    ``systems`` are those the client itself uses, ``via`` those that failed beneath them.
    """

    client_key: Slug
    client_revision: int
    plan_key: Slug
    severity_entry: Severity
    escalation_policy: Slug | None = None
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
    starts_at: Moment
    duration_minutes: int
    location: str
    organizer_email: str


class IncidentUpdate(Model):
    """What a person wrote as new. ``client_keys`` ``None``: every client of the audience."""

    id: str
    message: str
    progress: str | None = None
    watch_until: Moment | None = None
    client_keys: tuple[Slug, ...] | None = None
    internal_only: bool = False
    occurred_at: Moment
