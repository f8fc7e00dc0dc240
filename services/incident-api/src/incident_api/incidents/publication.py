"""Whether an incident starts where clients see it, and when it moves on by itself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from tocsin_contracts.directory import Publication, PublicationRule
from tocsin_contracts.incident import AudienceClient
from tocsin_contracts.words import Severity, Visibility

from incident_api.incidents.model import Incident
from incident_api.promises.rules import minutes

BY_PEOPLE = "api"
"""The source of incidents that people open; those of alerts have their format's name."""


@dataclass(frozen=True)
class Start:
    """``confirm_after``: an internal incident publishes itself after that time, if still open."""

    visibility: Visibility
    confirm_after: timedelta | None = None


def start_of(
    publication: Publication, *, severity: Severity, source: str, wished: Visibility | None
) -> Start:
    """What the caller says, else the first rule that matches, else published."""
    if wished is not None:
        return Start(wished)
    rule = next((r for r in publication.rules if _matches(r, severity, source)), None)
    if rule is None:
        return Start(Visibility.PUBLISHED)
    internal = rule.visibility is Visibility.INTERNAL
    after = rule.confirm_after_minutes if internal else None
    return Start(rule.visibility, None if after is None else minutes(after))


def _matches(rule: PublicationRule, severity: Severity, source: str) -> bool:
    return (not rule.severities or severity in rule.severities) and (
        not rule.sources or source in rule.sources
    )


def holding_due(
    incident: Incident, clients: Iterable[AudienceClient], publication: Publication, now: datetime
) -> datetime | None:
    """When clients are to hear that we are checking, unless somebody publishes it before.

    The margin before the earliest promised first notice, and not in the past. ``None`` where there
    is nobody to tell, or somebody has told them, said no, or another incident speaks for this one.
    """
    waits = incident.status.is_open and not incident.told and incident.parent_id is None
    promised = [c.first_notice_due for c in clients if c.first_notice_due is not None]
    if not waits or incident.holding_stopped or not promised:
        return None
    return max(min(promised) - minutes(publication.holding_margin_minutes), now)


def publishes_now(incident: Incident, now: datetime) -> bool:
    """Whether the confirmation delay has passed and the incident is still there, untold."""
    due = incident.publish_at is not None and incident.publish_at <= now
    return due and incident.status.is_open and not incident.published


def holds_now(incident: Incident, now: datetime) -> bool:
    """Whether the holding notice is due; the moment itself says that nobody was told yet."""
    return incident.holding_due_at is not None and incident.holding_due_at <= now
