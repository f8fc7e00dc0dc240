"""How an incident's events become the copy that escalation decides on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from tocsin_contracts.envelope import Event
from tocsin_contracts.events import (
    AudienceChanged,
    HoldingNoticeIssued,
    IncidentEvent,
    IncidentOpened,
    IncidentPublished,
)
from tocsin_contracts.incident import AudienceClient, IncidentSnapshot
from tocsin_contracts.words import Severity

from escalation.policies.state import Concern, Facts

CARRIES_AUDIENCE = (IncidentOpened, IncidentPublished, AudienceChanged, HoldingNoticeIssued)


@dataclass(frozen=True)
class Incident:
    """The newest state heard of."""

    epoch: int
    sequence: int
    snapshot: IncidentSnapshot
    audience: tuple[AudienceClient, ...] = ()
    severity_since: Mapping[Severity, datetime] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return self.snapshot.id

    def facts(
        self,
        words_due: Mapping[str, datetime],
        questions: Mapping[str, tuple[Concern, ...]],
        unreachable: Mapping[str, tuple[Concern, ...]],
    ) -> Facts:
        """``words_due``: by when a word not written yet is promised to each client."""
        return Facts(
            severity=self.snapshot.severity,
            severity_since=self.severity_since,
            known_at=self.snapshot.known_at,
            acknowledged=self.snapshot.acknowledged_at is not None,
            is_open=self.snapshot.status.is_open and self.snapshot.parent_id is None,
            promises=words_due,
            questions=questions,
            unreachable=unreachable,
        )


def is_older(known: Incident | None, event: Event[IncidentEvent]) -> bool:
    """An event that came before what is known already never overwrites it."""
    return known is not None and event.position <= (known.epoch, known.sequence)


def absorb(known: Incident | None, event: Event[IncidentEvent]) -> Incident:
    data = event.data
    at = data.incident.known_at if known is None else event.time
    since = known.severity_since if known else {}
    brought = data.audience.clients if isinstance(data, CARRIES_AUDIENCE) else None
    return Incident(
        epoch=event.epoch,
        sequence=event.sequence,
        snapshot=data.incident,
        audience=brought if brought is not None else known.audience if known else (),
        severity_since=reached(since, data.incident.severity, at),
    )


def reached(
    since: Mapping[Severity, datetime], severity: Severity, at: datetime
) -> dict[Severity, datetime]:
    """Since when the incident is at least this severe, for each severity that it is."""
    return {level: since.get(level, at) for level in Severity if severity.at_least(level)}


def writes_to(data: IncidentEvent, client_key: str) -> bool:
    """Whether this event makes a message for the client: its next word was given."""
    return data.kind is not None and (data.only_clients is None or client_key in data.only_clients)
