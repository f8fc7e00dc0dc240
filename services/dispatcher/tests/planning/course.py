"""Two outages that three clients share, played as incident-api would tell of them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from dispatcher.directory.view import Person, View
from dispatcher.intake import handlers
from dispatcher.intake.batch import Batch
from dispatcher.planning.clients import Terms
from dispatcher.planning.ledger import Ledger
from tocsin_contracts import events as e
from tocsin_contracts.directory import (
    Addresses,
    Client,
    CommunicationPlan,
    Preferences,
    System,
    SystemUse,
)
from tocsin_contracts.envelope import Event, EventData
from tocsin_contracts.incident import Audience, AudienceClient, IncidentSnapshot
from tocsin_contracts.words import Channel, Kind, Severity, Status
from tocsin_runtime.outbox import new_event

from services.dispatcher.tests.facts import (
    closed,
    concerned,
    jo,
    mia,
    resolved,
    snapshot,
    updated,
)
from services.dispatcher.tests.minor import FRIDAY_LATE

CLIENTS = ("acme", "beta", "gamma")
CHANNELS = frozenset({Channel.EMAIL, Channel.SLACK, Channel.SMS})
INCIDENTS = ("one", "two")
IDS: Any = {"id": True, "update": {"id"}, "carries": True}
"""What differs between two runs."""


@dataclass(frozen=True)
class Move:
    """One thing that happens to an incident."""

    what: str
    severity: Severity = Severity.SEV3
    clients: tuple[str, ...] = ()


@dataclass
class Course:
    """Plays moves as incident-api would tell of them."""

    incident: IncidentSnapshot
    audience: Audience
    now: datetime

    def event(self, move: Move) -> Event[EventData]:
        data = self._data(move)
        incident = self.incident
        return new_event(
            data, source="test", subject=incident.id, now=self.now, sequence=incident.sequence
        )

    def _became(self, **given: Any) -> IncidentSnapshot:
        self.incident = self.incident.model_copy(
            update={**given, "sequence": self.incident.sequence + 1}
        )
        return self.incident

    def _data(self, move: Move) -> EventData:
        common: dict[str, Any] = {"audience_version": self.audience.version, "actor": "key:noc"}
        match move.what:
            case "opened":
                self.audience = audience_of(move.clients, self.now, 1)
                incident = self._became(severity=move.severity)
                return e.IncidentOpened(
                    incident=incident, kind=Kind.INITIAL, audience=self.audience, **common
                )
            case "severity":
                before = e.Before(severity=self.incident.severity)
                incident = self._became(severity=move.severity)
                changed = ("severity",)
                return e.IncidentChanged(
                    incident=incident, kind=Kind.UPDATE, changed=changed, before=before, **common
                )
            case "audience":
                return self._audience(move, common)
            case "resolved":
                incident = self._became(status=Status.RESOLVED, resolved_at=self.now)
                return resolved(incident)
            case "reopened":
                was = self.incident.resolved_at or self.now
                incident = self._became(status=Status.INVESTIGATING, resolved_at=None)
                return e.IncidentReopened(
                    incident=incident,
                    kind=Kind.REOPENED,
                    reopened_at=self.now,
                    was_resolved_at=was,
                    **common,
                )
            case "closed":
                return closed(self._became(status=Status.CLOSED, resolved_at=self.now))
            case _:
                return updated(self._became(), "It goes on.")

    def _audience(self, move: Move, common: dict[str, Any]) -> EventData:
        before = {client.client_key for client in self.audience.clients}
        self.audience = audience_of(move.clients, self.now, self.audience.version + 1)
        return e.AudienceChanged(
            incident=self._became(),
            kind=Kind.INITIAL,
            audience=self.audience,
            added=tuple(key for key in move.clients if key not in before),
            removed=tuple(sorted(before - set(move.clients))),
            **{**common, "audience_version": self.audience.version},
        )


def audience_of(clients: Sequence[str], now: datetime, version: int) -> Audience:
    return Audience(version=version, clients=tuple(_concerned(key, now) for key in clients))


def _concerned(key: str, now: datetime) -> AudienceClient:
    due = now + timedelta(hours=1)
    return concerned(client_key=key, first_notice_due=due, severity_entry=Severity.SEV3)


def course_of(incident_id: str) -> Course:
    incident = snapshot(id=incident_id, sequence=0, started_at=FRIDAY_LATE, known_at=FRIDAY_LATE)
    return Course(incident, Audience(version=0, clients=()), FRIDAY_LATE)


def label(client: str, person: str, channel: Channel) -> str:
    """Jo reads for ACME and Beta in one mailbox."""
    if person == "jo" and channel is Channel.EMAIL and client in ("acme", "beta"):
        return "shared"
    return f"{client}-{person}-{channel.value}"


def view_of(plan: CommunicationPlan, wish: Preferences) -> View:
    people = {
        (client, person): Person(
            person,
            person.title(),
            1,
            Addresses(),
            {channel: label(client, person, channel) for channel in CHANNELS},
        )
        for client in CLIENTS
        for person in ("jo", "mia")
    }
    clients = {
        key: Client(
            key=key,
            name=key.title(),
            timezone="Europe/Berlin",
            systems=(SystemUse(key="mail-eu"),),
            communication_plan="gold",
            contacts=(jo(preferences=wish), mia()),
        )
        for key in CLIENTS
    }
    systems = {"mail-eu": System(key="mail-eu", name="Mail EU")}
    return View(1, clients=clients, plans={"gold": plan}, systems=systems, people=people)


def planned(view: View, events: Sequence[Event[EventData]]) -> Batch:
    since = FRIDAY_LATE - timedelta(days=1)
    terms = Terms(FRIDAY_LATE, CHANNELS, since)
    batch = Batch(terms=terms, view=view, known={}, ledger=Ledger(), lanes={})
    for event in events:
        handlers.handle(batch, event)
    return batch


def told(batch: Batch, events: Sequence[Event[EventData]]) -> dict[str, list[tuple[Any, ...]]]:
    """By incident everything that is decided about its rows, without the ids of this run."""
    causes = {event.id: (event.subject, event.sequence) for event in events}
    said: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
    for row in batch.ledger.new_rows():
        siblings = row.stands_in.siblings if row.stands_in else ()
        said[row.message.incident_id].append(
            (
                causes[row.message.cause_id],
                row.message.client_key,
                row.message.kind,
                row.target,
                row.state,
                row.reason,
                row.due_at,
                row.limits,
                row.thread,
                row.urgency,
                len(siblings),
                row.message.notice.model_dump_json(
                    exclude={"id": True, "update": {"id"}, "carries": True}
                ),
            )
        )
    return said


def one_after_the_other(given_: Sequence[list[Move]]) -> list[Event[EventData]]:
    return [
        course.event(move)
        for incident_id, course_moves in zip(INCIDENTS, given_, strict=False)
        for course in [course_of(incident_id)]
        for move in course_moves
    ]
