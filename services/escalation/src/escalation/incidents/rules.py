"""How an incident's events become the copy that escalation decides on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.envelope import Event
from tocsin_contracts.events import (
    AudienceChanged,
    HoldingNoticeIssued,
    IncidentEvent,
    IncidentOpened,
    IncidentPublished,
    IncidentReopened,
)
from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.words import Severity

from escalation.triggers.facts import Facts, OutOfReach, Owed, Question, SeveritySpan

CARRIES_AUDIENCE = (IncidentOpened, IncidentPublished, AudienceChanged, HoldingNoticeIssued)


@dataclass(frozen=True)
class Watched:
    """What triggers look at beside the incident's own events, by client: see :class:`Facts`."""

    words_due: Mapping[str, datetime] = field(default_factory=dict)
    owed: Mapping[str, tuple[Owed, ...]] = field(default_factory=dict)
    questions: Mapping[str, tuple[Question, ...]] = field(default_factory=dict)
    out_of_reach: Mapping[str, tuple[OutOfReach, ...]] = field(default_factory=dict)
    tags: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Incident:
    """The newest state heard of, and the history that triggers look at.

    ``severities`` is every severity it had, oldest first; ``affected_since`` maps each client of
    the audience to when it joined.
    """

    epoch: int
    sequence: int
    snapshot: IncidentSnapshot
    audience: tuple[AudienceClient, ...] = ()
    severity_since: Mapping[Severity, datetime] = field(default_factory=dict)
    severities: tuple[SeveritySpan, ...] = ()
    affected_since: Mapping[str, datetime] = field(default_factory=dict)
    reopened_at: datetime | None = None

    @property
    def id(self) -> str:
        return self.snapshot.id

    def facts(self, watched: Watched) -> Facts:
        return Facts(
            severity=self.snapshot.severity,
            severity_since=self.severity_since,
            known_at=self.snapshot.known_at,
            severities=self.severities,
            acknowledged=self.snapshot.acknowledged_at is not None,
            is_open=self.snapshot.status.is_open and self.snapshot.parent_id is None,
            reopened_at=self.reopened_at,
            affected_since=self.affected_since,
            words_due=watched.words_due,
            owed=watched.owed,
            questions=watched.questions,
            out_of_reach=watched.out_of_reach,
            tags=watched.tags,
        )


def is_older(known: Incident | None, event: Event[IncidentEvent]) -> bool:
    """An event that came before what is known already never overwrites it."""
    return known is not None and event.position <= (known.epoch, known.sequence)


def absorb(known: Incident | None, event: Event[IncidentEvent]) -> Incident:
    data = event.data
    at = data.incident.known_at if known is None else event.time
    brought = data.audience.clients if isinstance(data, CARRIES_AUDIENCE) else None
    audience = brought if brought is not None else known.audience if known else ()
    severity = data.incident.severity
    reopened_at = known.reopened_at if known else None
    return Incident(
        epoch=event.epoch,
        sequence=event.sequence,
        snapshot=data.incident,
        audience=audience,
        severity_since=reached(known.severity_since if known else {}, severity, at),
        severities=history(known.severities if known else (), severity, at),
        affected_since=joined(known.affected_since if known else {}, audience, at),
        reopened_at=data.reopened_at if isinstance(data, IncidentReopened) else reopened_at,
    )


def history(
    spans: tuple[SeveritySpan, ...], severity: Severity, at: datetime
) -> tuple[SeveritySpan, ...]:
    """``spans`` and, where the severity is another one now, one more."""
    if spans and spans[-1].severity is severity:
        return spans
    return (*spans, SeveritySpan(severity, at))


def joined(
    since: Mapping[str, datetime], audience: Sequence[AudienceClient], at: datetime
) -> dict[str, datetime]:
    """Since when each client of the audience is in it without a break."""
    return {client.client_key: since.get(client.client_key, at) for client in audience}


def reached(
    since: Mapping[Severity, datetime], severity: Severity, at: datetime
) -> dict[Severity, datetime]:
    """Since when the incident is at least this severe, for each severity that it is."""
    return {level: since.get(level, at) for level in Severity if severity.at_least(level)}


def writes_to(data: IncidentEvent, client_key: str) -> bool:
    """Whether this event makes a message for the client: its next word was given."""
    return data.kind is not None and (data.only_clients is None or client_key in data.only_clients)
